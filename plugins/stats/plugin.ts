/** Stats: what goes on at the moment, over all campaigns and processes. */
import { definePlugin } from '../../core/plugin.ts'
import { needs, statsRoutes } from './routes.ts'

export const stats = definePlugin({ name: 'stats', needs, routes: statsRoutes })
