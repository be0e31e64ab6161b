/** Control: pausing, resuming and cancelling campaigns, retrying failed messages and resolving unknown ones. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { needs } from './grant.ts'
import { controlRoutes } from './routes.ts'

export const control = definePlugin({
  name: 'control',
  needs,
  errors: messagingErrors,
  scopes: scopes('campaigns:read', 'campaigns:control'),
  routes: controlRoutes,
})
