/** Health: whether this process can do its work. */
import { definePlugin } from '../../core/plugin.ts'
import { healthRoutes, needs } from './routes.ts'

export const health = definePlugin({ name: 'health', needs, routes: healthRoutes })
