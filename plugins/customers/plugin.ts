/** Customers: whom campaigns are sent to. */
import { t } from 'elysia'
import { definePlugin } from '../../core/plugin.ts'
import { customerRoutes, needs } from './routes.ts'

export const customers = definePlugin({
  name: 'customers',
  needs,
  config: t.Object({
    country: t.String({
      default: 'KE',
      pattern: '^[A-Z]{2}$',
      env: 'DEFAULT_COUNTRY',
      allowed: 'a country code of two capital letters, such as KE',
      description: 'Country of phone numbers that are written without one',
    }),
  }),
  routes: customerRoutes,
})
