/** Policies: when and how often people may be written to, set by operators for all campaigns of marketing. */
import { definePlugin } from '../../core/host/plugin.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { needs } from './grant.ts'
import { policyRoutes } from './routes.ts'

export const policies = definePlugin({
  name: 'policies',
  needs,
  scopes: scopes('policies:read', 'policies:write'),
  routes: policyRoutes,
})
