/** Campaigns: made, changed, given their recipients, and told apart by how they fare. */
import { definePlugin } from '../../core/plugin.ts'
import { campaignRoutes, needs } from './routes.ts'

export const campaigns = definePlugin({ name: 'campaigns', needs, routes: campaignRoutes })
