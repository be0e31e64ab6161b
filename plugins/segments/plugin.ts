/** Segments: named rules that say which customers they hold. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { needs } from './grant.ts'
import { segmentRoutes } from './routes.ts'

export const segments = definePlugin({
  name: 'segments',
  needs,
  errors: messagingErrors,
  scopes: scopes('segments:read', 'segments:write', 'customers:read'),
  routes: segmentRoutes,
})
