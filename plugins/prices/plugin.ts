/** Price list: what providers charge by channel and country, from which a dry run works out the cost of a campaign. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { needs } from './grant.ts'
import { priceRoutes } from './routes.ts'

export const prices = definePlugin({
  name: 'prices',
  needs,
  errors: messagingErrors,
  scopes: scopes('prices:read', 'prices:write'),
  routes: priceRoutes,
})
