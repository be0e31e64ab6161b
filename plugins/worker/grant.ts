/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { languageSetting, publicUrlSetting } from '../../core/messaging/settings.ts'

export const needs = { consume: true, messaging: ['work', 'senders'], clock: true } as const

export const config = t.Object({
  concurrency: t.Integer({
    default: 16,
    minimum: 1,
    maximum: 64,
    description:
      'Large chunks that a process sends at once; it has at most this × WORKER_WINDOW messages in flight. Raise it if the provider answers slowly and takes more parallel calls; lower it to use less memory',
  }),
  window: t.Integer({
    default: 64,
    minimum: 1,
    maximum: 500,
    description:
      'Messages of a chunk in flight at once: those that a crash can leave in doubt. Lower it to have fewer in doubt, at the cost of speed',
  }),
  leaseSeconds: t.Integer({
    default: 30,
    minimum: 1,
    maximum: 600,
    description:
      'Seconds after which a worker that has stopped reporting loses its chunks to another; at least twice the timeout of the slowest sender. Raise it with that timeout; lower it to recover from a crash sooner',
  }),
  maxAttempts: t.Integer({
    default: 3,
    minimum: 1,
    maximum: 10,
    description:
      'Attempts for each message before it fails; calls that the provider throttles do not count. Raise it to outlast longer faults of the provider',
  }),
  backoffMs: t.Integer({
    default: 1000,
    minimum: 1,
    maximum: 3_600_000,
    description:
      'Milliseconds: the longest pause before the second attempt, doubled before each further one; the pause is random, up to that. Raise it if the provider needs longer to recover',
  }),
  probeSeconds: t.Integer({
    default: 5,
    minimum: 1,
    maximum: 3600,
    description:
      'Seconds until a sender that is paused because it keeps failing is tried with one message; doubled after each failed try, up to a minute. Lower it to resume sooner',
  }),
  unknownPolicy: t.Optional(
    t.Union([t.Literal('hold'), t.Literal('await'), t.Literal('resend')], {
      env: 'UNKNOWN_POLICY',
      description:
        'What happens to a message that may have been sent, if its sender is not idempotent: hold makes it unknown; await does so only if no receipt arrives in UNKNOWN_AWAIT_MINUTES; resend sends it again, perhaps twice. Default: await for senders whose receipts name the message, otherwise hold',
    }),
  ),
  awaitMinutes: t.Integer({
    default: 15,
    minimum: 1,
    maximum: 4320,
    env: 'UNKNOWN_AWAIT_MINUTES',
    description:
      'Minutes that a message in doubt waits for a receipt before it becomes unknown. Raise it if the provider’s receipts arrive later',
  }),
  publicUrl: publicUrlSetting,
  language: languageSetting,
  retainContent: t.Boolean({
    default: true,
    env: 'RETAIN_CONTENT',
    description: 'Store the text of each message as it was sent. Turn it off if the database must not hold these texts',
  }),
})

export type WorkGrant = Grant<typeof needs, Static<typeof config>>
