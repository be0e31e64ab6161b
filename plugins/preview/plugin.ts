/** Preview: a campaign's text as one customer would get it. */
import { t } from 'elysia'
import { countrySetting } from '../../core/core-settings.ts'
import { definePlugin } from '../../core/plugin.ts'
import { needs, previewRoutes } from './routes.ts'

export const preview = definePlugin({
  name: 'preview',
  needs,
  config: t.Object({ country: countrySetting }),
  routes: previewRoutes,
})
