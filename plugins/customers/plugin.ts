/** Customers: the people whom campaigns are sent to. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { customerErrors } from './errors.ts'
import { config, needs } from './grant.ts'
import { customerRoutes } from './routes.ts'

export const customers = definePlugin({
  name: 'customers',
  needs,
  config,
  errors: { ...messagingErrors, ...customerErrors },
  scopes: scopes('customers:read', 'customers:write'),
  routes: customerRoutes,
})
