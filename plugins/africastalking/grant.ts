/** Resources that the plugin is granted, and the settings of each sender. */
import { type Static, t } from 'elysia'

export const needs = { clock: true } as const

export const settings = t.Object({
  url: t.String({
    default: 'https://api.africastalking.com',
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL',
    description: "Base of Africa's Talking's addresses; the sandbox's is https://api.sandbox.africastalking.com",
  }),
  username: t.String({
    minLength: 1,
    allowed: 'a user name',
    description: "Name of the app at Africa's Talking; sandbox for the sandbox",
  }),
  apiKey: t.String({ minLength: 1, allowed: 'a key', secret: true, description: 'API key of the app' }),
  from: t.Optional(
    t.String({
      pattern: '^[\\x21-\\x7e][\\x20-\\x7e]{0,14}$',
      allowed: 'a short code or an alphanumeric sender id',
      description: 'What messages come from; if not set, the default of the account',
    }),
  ),
  hookToken: t.Optional(
    t.String({
      pattern: '^[A-Za-z0-9_-]{16,}$',
      allowed: 'at least 16 letters, digits, - and _',
      secret: true,
      description: 'Part of the callback addresses that nobody can guess; without it there are no receipts',
    }),
  ),
})

export type Settings = Static<typeof settings>
