/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import { apiUrlSetting } from '../../core/config/core-settings.ts'
import type { Grant } from '../../core/host/plugin.ts'
import { countrySetting } from '../../core/messaging/settings.ts'

export const needs = { listen: true } as const

export const config = t.Object({
  port: t.Integer({
    default: 3001,
    minimum: 0,
    maximum: 65535,
    description: 'Port of the web console, on the address HOST; 0 picks a free one',
  }),
  url: t.Optional(
    t.String({
      pattern: '^https?://[A-Za-z0-9.:[\\]-]+(/[A-Za-z0-9._~-]+)*/?$',
      allowed: 'an http:// or https:// URL, with or without a path',
      description:
        'Public address of the web console behind a reverse proxy, such as https://sms.example.org/campaigns/',
    }),
  ),
  apiUrl: apiUrlSetting,
  country: countrySetting,
})

export type ConsoleGrant = Pick<Grant<typeof needs, Static<typeof config>>, 'config' | 'log'>
