/** Resources and settings that the plugin is granted. */
import { t } from 'elysia'

export const needs = { clock: true } as const

export const config = t.Object({
  url: t.Optional(
    t.String({
      env: 'HTTP_SENDER_URL',
      pattern: '^(https?)://[^\\s/]+\\S*$',
      allowed: 'an http:// or https:// URL',
      secret: true,
      description: 'URL to which the http sender posts each message',
    }),
  ),
  timeoutMs: t.Integer({
    env: 'HTTP_SENDER_TIMEOUT_MS',
    default: 10_000,
    minimum: 1,
    maximum: 600_000,
    description: 'Milliseconds that the http sender waits for a response; after that the message is in doubt',
  }),
})
