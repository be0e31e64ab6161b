/** Schemas of audiences of segments and rules. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { id, object, oneOf } from '../../core/http/fields.ts'
import { type AudienceSpec, MAX_NAMED } from '../../core/messaging/enqueue/enqueue.ts'

const strict = { additionalProperties: false } as const

const ids = (description: string, example: readonly number[]) =>
  t.Optional(
    t.Array(id(), { minItems: 1, maxItems: MAX_NAMED, description: `${description}, at most ${MAX_NAMED}`, example }),
  )

const rules = (description: string) =>
  t.Optional(object<NonNullable<AudienceSpec['rules']>>({ description, example: { field: 'location', is: 'Nairobi' } }))

export const audienceSchema = t.Object(
  {
    everyone: t.Optional(t.Boolean({ description: 'All customers; goes with `exclude` alone', example: false })),
    segment_ids: ids('Customers in any of these segments', [1]),
    rules: rules('Customers who fit this rule, as in a segment: besides those of `segment_ids`'),
    exclude: t.Optional(
      t.Object(
        {
          segment_ids: ids('No customers in any of these segments', [2]),
          rules: rules('No customers who fit this rule'),
          campaign_ids: ids('No recipients of these campaigns, whatever became of their messages', [5]),
        },
        { ...strict, description: 'Customers who are left out', example: { segment_ids: [2] } },
      ),
    ),
  },
  {
    ...strict,
    title: 'Audience',
    description:
      'Customers by segments and rules, in place of customer_ids: they are selected in the database, and queued in steps',
    example: { segment_ids: [1], exclude: { segment_ids: [2] } },
  },
)

export const evaluateSchema = oneOf(['at_start', 'now'] as const, {
  description:
    'When it is found out whom the audience of a scheduled campaign selects: when the campaign starts, which is the default, or now',
  example: 'at_start',
})
export type Evaluate = Static<typeof evaluateSchema>

export const audienceList = t.Object(
  {
    data: t.Array(
      t.Object(
        {
          audience: t.Any({ description: 'The audience as it was given' }),
          status: t.String({
            enum: ['waiting', 'queueing', 'queued', 'stopped'],
            description:
              '`waiting`: the campaign has not started. `queueing`: recipients are being added. `queued`: all were added. `stopped`: the campaign was over before',
          }),
          queued: t.Integer({ description: 'Recipients that it added: customers who were not recipients before' }),
          created_at: utcTime('Time at which it was given'),
          done_at: orNull(utcTime('Time at which it was queued or stopped; null before')),
        },
        { title: 'CampaignAudience' },
      ),
    ),
  },
  { title: 'CampaignAudiences' },
)
