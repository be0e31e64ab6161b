/** Campaigns: creation, changes, recipients and progress. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { campaignErrors } from './errors.ts'
import { config, needs } from './grant.ts'
import { campaignRoutes } from './routes.ts'

export const campaigns = definePlugin({
  name: 'campaigns',
  needs,
  config,
  errors: { ...messagingErrors, ...campaignErrors },
  scopes: scopes('campaigns:read', 'campaigns:write', 'campaigns:send'),
  routes: campaignRoutes,
})
