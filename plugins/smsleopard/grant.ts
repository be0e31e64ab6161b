/** Resources that the plugin is granted, and the settings of each sender. */
import { type Static, t } from 'elysia'

export const needs = { clock: true } as const

export const settings = t.Object({
  url: t.String({
    default: 'https://api.smsleopard.com',
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL',
    description: "Base of SMSLeopard's addresses",
  }),
  apiKey: t.String({
    pattern: '^[^\\s:]+$',
    allowed: 'a key without spaces and colons',
    secret: true,
    description: 'API key of the account',
  }),
  apiSecret: t.String({
    pattern: '^\\S+$',
    allowed: 'a secret without spaces',
    secret: true,
    description: 'Its secret',
  }),
  from: t.String({
    pattern: '^[\\x21-\\x7e][\\x20-\\x7e]{0,14}$',
    allowed: 'a sender id',
    description: 'Sender id ("source") that messages come from; SMS_Leopard for tests',
  }),
  hookToken: t.Optional(
    t.String({
      pattern: '^[A-Za-z0-9_-]{16,}$',
      allowed: 'at least 16 letters, digits, - and _',
      secret: true,
      description:
        'Part of the address for delivery reports that nobody can guess, and the secret that the provider is given; without it there are no receipts',
    }),
  ),
})

export type Settings = Static<typeof settings>
