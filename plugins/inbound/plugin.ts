/** Inbound: what people wrote to senders, and the review of what may be a wish to opt out. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { config, needs } from './grant.ts'
import { openReadLoop } from './read.ts'
import { inboundRoutes } from './routes.ts'

export const inbound = definePlugin({
  name: 'inbound',
  needs,
  config,
  errors: messagingErrors,
  scopes: scopes('inbound:read', 'inbound:write'),
  routes: inboundRoutes,
  loops: (grant) => ({ read: openReadLoop(grant) }),
})
