/** Resources that the plugin is granted, and the settings of each sender. */
import { t } from 'elysia'

export const needs = { clock: true } as const

export const settings = t.Object({
  url: t.String({
    env: 'HTTP_SENDER_URL',
    pattern: '^(https?)://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL',
    secret: true,
    description: 'URL to which the http sender posts each message',
  }),
  timeoutMs: t.Integer({
    env: 'HTTP_SENDER_TIMEOUT_MS',
    default: 10_000,
    minimum: 1,
    maximum: 600_000,
    description: 'Milliseconds that the http sender waits for a response; after that the message is in doubt',
  }),
  hookSecret: t.Optional(
    t.String({
      env: 'HTTP_SENDER_HOOK_SECRET',
      pattern: '^\\S{16,}$',
      allowed: 'at least 16 characters without spaces',
      secret: true,
      description: 'Secret that signs the receipts of the gateway; without it none are taken',
    }),
  ),
})
