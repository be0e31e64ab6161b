/** Receipts: hooks that providers post to, and the fold of what they post into the messages. */
import { definePlugin } from '../../core/host/plugin.ts'
import { hookErrors } from './errors.ts'
import { openFoldLoop } from './fold.ts'
import { config, needs } from './grant.ts'
import { hookRoutes } from './routes.ts'

export const receipts = definePlugin({
  name: 'receipts',
  needs,
  config,
  errors: hookErrors,
  routes: hookRoutes,
  loops: (grant) => ({ fold: openFoldLoop(grant) }),
})
