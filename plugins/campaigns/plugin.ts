/** Campaigns: made, changed, given their recipients, and told apart by how they fare. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { campaignErrors } from './errors.ts'
import { config, needs } from './grant.ts'
import { campaignRoutes } from './routes.ts'

export const campaigns = definePlugin({
  name: 'campaigns',
  needs,
  config,
  errors: { ...messagingErrors, ...campaignErrors },
  routes: campaignRoutes,
})
