/** Senders: shows and changes limits, pauses and routes while messages are sent, and asks a provider whether it knows the account. */
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
