/** Console: a page for those who write campaigns, on a port of its own. It knows nothing but what the API tells it. */
import { definePlugin } from '../../core/host/plugin.ts'
import { config, needs } from './grant.ts'
import { openSite } from './site.ts'

export const console = definePlugin({
  name: 'console',
  needs,
  config,
  site: openSite,
})
