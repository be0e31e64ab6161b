/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { publicUrlSetting } from '../../core/messaging/settings.ts'

export const needs = { consume: true, messaging: ['work', 'senders'], clock: true } as const

export const config = t.Object({
  concurrency: t.Integer({
    default: 16,
    minimum: 1,
    maximum: 64,
    description: 'Large chunks in flight; small ones share the room of one, which is a window',
  }),
  window: t.Integer({
    default: 64,
    minimum: 1,
    maximum: 500,
    description: 'Messages of a chunk started and not yet written down, at most: what can be in doubt after a crash',
  }),
  leaseSeconds: t.Integer({
    default: 30,
    minimum: 1,
    maximum: 600,
    description: 'How long a chunk stays with a worker that says nothing; at least twice the longest call',
  }),
  maxAttempts: t.Integer({ default: 3, minimum: 1, maximum: 10, description: 'Tries for each message' }),
  backoffMs: t.Integer({
    default: 1000,
    minimum: 1,
    maximum: 3_600_000,
    description: 'Longest wait before the second try; doubled for each further one, full jitter',
  }),
  probeSeconds: t.Integer({
    default: 5,
    minimum: 1,
    maximum: 3600,
    description:
      'Wait before one message is tried on a channel that is paused because its sender fails; doubled for each further one, up to a minute',
  }),
  unknownPolicy: t.Optional(
    t.Union([t.Literal('hold'), t.Literal('await'), t.Literal('resend')], {
      env: 'UNKNOWN_POLICY',
      description:
        'A message that may have been sent, by a sender that is not idempotent: hold shows it as unknown; await does so when no receipt has come in time; resend tries again and may deliver twice. Default: await for senders whose receipts name our message, else hold',
    }),
  ),
  awaitMinutes: t.Integer({
    default: 15,
    minimum: 1,
    maximum: 4320,
    env: 'UNKNOWN_AWAIT_MINUTES',
    description: 'Minutes that a message in doubt waits for a receipt',
  }),
  publicUrl: publicUrlSetting,
  retainContent: t.Boolean({
    default: true,
    env: 'RETAIN_CONTENT',
    description: 'Keep each message’s text as it was sent',
  }),
})

export type WorkGrant = Grant<typeof needs, Static<typeof config>>
