/** Stats: what goes on at the moment, over all campaigns and processes, and a feed that tells when it changes. */
import { definePlugin } from '../../core/host/plugin.ts'
import { needs } from './grant.ts'
import { statsRoutes } from './routes.ts'

export const stats = definePlugin({
  name: 'stats',
  needs,
  scopes: { 'operations:read': 'See what goes on: figures, queue, workers and failures' },
  routes: statsRoutes,
})
