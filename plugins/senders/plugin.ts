/** Senders: limits, pauses and routes, which can be changed while messages are sent, and checks of provider accounts. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { needs } from './grant.ts'
import { senderRoutes } from './routes.ts'

export const senders = definePlugin({
  name: 'senders',
  needs,
  errors: messagingErrors,
  scopes: scopes('senders:read', 'senders:write'),
  routes: senderRoutes,
})
