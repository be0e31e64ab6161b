/** Customers: whom campaigns are sent to. */
import { t } from 'elysia'
import { countrySetting } from '../../core/core-settings.ts'
import { definePlugin } from '../../core/plugin.ts'
import { customerRoutes, needs } from './routes.ts'

export const customers = definePlugin({
  name: 'customers',
  needs,
  config: t.Object({ country: countrySetting }),
  routes: customerRoutes,
})
