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
      description: 'Where the http sender posts each message',
    }),
  ),
  timeoutMs: t.Integer({
    env: 'HTTP_SENDER_TIMEOUT_MS',
    default: 10_000,
    minimum: 1,
    maximum: 600_000,
    description: 'Milliseconds after which a message counts as unknown to the http sender',
  }),
})
