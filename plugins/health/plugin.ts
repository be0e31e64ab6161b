/** Health: checks of this process, for operators and load balancers. */
import { definePlugin } from '../../core/host/plugin.ts'
import { needs } from './grant.ts'
import { healthRoutes } from './routes.ts'

export const health = definePlugin({ name: 'health', needs, routes: healthRoutes })
