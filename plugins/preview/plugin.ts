/** Preview: a campaign's text as one customer would get it. */
import { definePlugin } from '../../core/host/plugin.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { scopes } from '../../core/messaging/scopes.ts'
import { config, needs } from './grant.ts'
import { previewRoutes } from './routes.ts'

export const preview = definePlugin({
  name: 'preview',
  needs,
  config,
  errors: messagingErrors,
  scopes: scopes('campaigns:write', 'campaigns:send'),
  routes: previewRoutes,
})
