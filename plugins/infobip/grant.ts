/** Resources that the plugin is granted, and settings of each of its senders. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'
import type { SenderUse } from '../../core/messaging/senders/contract.ts'

export const needs = { clock: true } as const

export const settings = t.Object({
  url: t.String({
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'the base address that Infobip’s portal shows, such as https://abc123.api.infobip.com',
    description: 'Base address of the account at Infobip',
  }),
  apiKey: t.String({
    pattern: '^\\S{16,}$',
    allowed: 'an API key, without spaces',
    secret: true,
    description: 'API key of Infobip that may send SMS and read its logs',
  }),
  from: t.String({
    pattern: '^(?=.*\\S).{1,64}$',
    allowed: 'a sender name, a short code or a number that the account may use',
    description: 'Sender that people see',
  }),
  hookToken: t.String({
    pattern: '^[!-~]{32,200}$',
    allowed: 'a random text of at least 32 characters, without spaces',
    secret: true,
    description: 'Secret that Infobip sends in the header X-Hook-Token of each receipt; enter the same one at Infobip',
  }),
  idPrefix: t.String({
    default: 'campaign-',
    pattern: '^[A-Za-z0-9._-]{1,60}$',
    allowed: '1 to 60 letters, digits, dots, hyphens and underscores',
    description: 'Beginning of message ids at Infobip; installations that share an account need different ones',
  }),
})

export type InfobipUse = SenderUse<Static<typeof settings>>
