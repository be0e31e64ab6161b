/** Schemas of the routes of what people wrote. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { digits, MAX_ID, oneOf, text } from '../../core/http/fields.ts'
import { channels } from '../../core/messaging/schema.ts'

const strict = { additionalProperties: false } as const
export const MAX_LIMIT = 100

const intents = ['stop', 'start', 'help', 'near_stop', 'other'] as const
const reviews = ['open', 'stop', 'ignore'] as const

export const inboundPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the message', example: 1 }),
})

export const listQuery = t.Object(
  {
    customer_id: t.Optional(digits({ min: 1, max: MAX_ID, description: 'Only what this customer wrote', example: 1 })),
    phone: t.Optional(
      text({
        min: 1,
        max: 50,
        description: 'Only what was written from this phone, in any spelling; write a leading + as %2B',
        example: '+254712345678',
      }),
    ),
    sender: t.Optional(text({ min: 1, max: 64, description: 'Only what was written to this sender', example: 'main' })),
    intent: t.Optional(oneOf(intents, { description: 'Only messages that were read as this', example: 'stop' })),
    review: t.Optional(
      oneOf(reviews, {
        description: 'Only near misses of this state: `open` for those that nobody has reviewed',
        example: 'open',
      }),
    ),
    cursor: t.Optional(text({ min: 1, max: 100, description: 'The next_cursor of the page before' })),
    limit: t.Optional(
      digits({
        min: 1,
        description: `Messages per page; default: 20, at most ${MAX_LIMIT}: a higher number counts as ${MAX_LIMIT}`,
        example: 20,
      }),
    ),
  },
  strict,
)
export type ListQuery = Static<typeof listQuery>

export const reviewBody = t.Object(
  {
    decision: oneOf(['stop', 'ignore'], {
      description: '`stop`: the person meant to opt out and stays suppressed. `ignore`: they did not',
      example: 'ignore',
    }),
  },
  { ...strict, title: 'InboundReview' },
)

export const inboundMessage = t.Object(
  {
    id: t.Integer(),
    sender: t.String({ description: 'Name of the sender that it was written to' }),
    channel: orNull(
      t.String({ enum: [...channels], description: 'Channel that it came on; null where the provider does not tell' }),
    ),
    from: orNull(t.String({ description: 'Phone; null where the provider does not tell' })),
    to: orNull(t.String({ description: 'Our number or id at the provider' })),
    text: t.String({ description: 'Empty where the person pressed a button of the provider' }),
    intent: orNull(
      t.String({
        enum: [...intents],
        description:
          'Reading of the text, or of the provider. near_stop: it may be a wish to opt out. Null: not read yet, for a minute after an upgrade',
      }),
    ),
    review: orNull(t.String({ enum: [...reviews], description: 'State of a near miss; null for everything else' })),
    reviewed_at: orNull(utcTime('Time of the decision, or of a later message that made the wish clear')),
    sent_at: orNull(utcTime('Time at which it was written, if the provider tells')),
    received_at: utcTime('Time at which the provider posted it'),
    customer: orNull(
      t.Object(
        { id: t.Integer(), first_name: orNull(t.String()), last_name: orNull(t.String()) },
        { description: 'The customer with this phone' },
      ),
    ),
  },
  { title: 'InboundMessage' },
)

export const inboundPage = t.Object(
  { data: t.Array(inboundMessage), next_cursor: orNull(t.String()) },
  { title: 'InboundPage' },
)
