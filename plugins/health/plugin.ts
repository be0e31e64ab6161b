/** Health: whether this process can do its work. */
import { definePlugin } from '../../core/host/plugin.ts'
import { needs } from './grant.ts'
import { healthRoutes } from './routes.ts'

export const health = definePlugin({ name: 'health', needs, routes: healthRoutes })
