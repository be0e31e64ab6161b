/** Campaigns: made, changed, given their recipients, and told apart by how they fare. */
import { t } from 'elysia'
import { countrySetting } from '../../core/core-settings.ts'
import { definePlugin } from '../../core/plugin.ts'
import { campaignRoutes, needs } from './routes.ts'

export const campaigns = definePlugin({
  name: 'campaigns',
  needs,
  config: t.Object({ country: countrySetting }),
  routes: campaignRoutes,
})
