/** Stats: live figures of all campaigns and processes, and a feed of their changes. */
import { definePlugin } from '../../core/host/plugin.ts'
import { needs } from './grant.ts'
import { statsRoutes } from './routes.ts'

export const stats = definePlugin({
  name: 'stats',
  needs,
  scopes: { 'operations:read': 'See live figures, queue, processes and failures' },
  routes: statsRoutes,
})
