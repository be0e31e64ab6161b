/** Suppressions: phones that nothing is sent to. */
import { definePlugin } from '../../core/host/plugin.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { suppressionErrors } from './errors.ts'
import { config, needs } from './grant.ts'
import { suppressionRoutes } from './routes.ts'

export const suppressions = definePlugin({
  name: 'suppressions',
  needs,
  config,
  errors: suppressionErrors,
  scopes: scopes('suppressions:read', 'suppressions:write'),
  routes: suppressionRoutes,
})
