/** Schemas and documentation of the control routes. */

import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { digits, MAX_ID, oneOf, text } from '../../core/http/fields.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'

const tag = 'Control'
const strict = { additionalProperties: false } as const

export const controlPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the campaign', example: 1 }),
})

export const retryBody = t.Object(
  {
    codes: t.Optional(
      t.Array(text({ min: 1, max: 100 }), {
        description:
          'Only messages whose last_error is one of these codes, as listed by GET /campaigns/{id}/failures; absent: all',
        example: ['provider.unavailable'],
        maxItems: 100,
      }),
    ),
  },
  { ...strict, title: 'RetryRequest' },
)

export const resolveBody = t.Object(
  {
    as: oneOf(['sent', 'resend', 'failed'], {
      description:
        '`sent` or `failed`: marks them as such. `resend`: sends them again, at the risk of delivering some twice',
    }),
  },
  { ...strict, title: 'ResolveRequest' },
)

const status = t.String({ description: 'Current status of the campaign' })
const controlled = t.Object({ campaign_id: t.Integer(), status }, { title: 'ControlAnswer' })
const controlDocs = (summary: string, description: string, now: string) =>
  route({
    scope: 'campaigns:control',
    tag,
    summary,
    description,
    answers: [{ status: 200, description: 'Done', schema: controlled, example: { campaign_id: 1, status: now } }],
    errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
  })

export const pauseDocs = controlDocs(
  'Pause a campaign',
  'Pauses a campaign that is `sending`. No more messages are started; those in flight are finished, at most a window for each worker.',
  'paused',
)
export const resumeDocs = controlDocs('Resume a campaign', 'Continues a campaign that is `paused`.', 'sending')
export const cancelDocs = controlDocs(
  'Cancel a campaign',
  'Ends a campaign for good. Its remaining recipients become `skipped`, with the code `cancelled`.',
  'cancelled',
)

/** Messages are not sent again with placeholders of attributes that were removed meanwhile. */
const reopenErrors = [
  errors.INVALID_REQUEST,
  messagingErrors.TEMPLATE_UNKNOWN_PLACEHOLDER,
  messagingErrors.CAMPAIGN_NOT_FOUND,
  messagingErrors.CAMPAIGN_STATUS_CONFLICT,
]

export const retryDocs = route({
  scope: 'campaigns:control',
  tag,
  summary: 'Retry failed messages',
  description:
    'Gives failed messages WORKER_MAX_ATTEMPTS new attempts, under the same idempotency keys. Messages that are `unknown` are not retried.',
  answers: [
    {
      status: 200,
      description: 'The number of messages that are retried',
      schema: t.Object({ campaign_id: t.Integer(), messages_queued: t.Integer(), status }, { title: 'RetryAnswer' }),
      example: { campaign_id: 1, messages_queued: 12, status: 'sending' },
    },
  ],
  errors: reopenErrors,
  body: true,
})

export const resolveDocs = route({
  scope: 'campaigns:control',
  tag,
  summary: 'Resolve unknown messages',
  description: 'Sets the result of messages that are `unknown`, for example after asking the provider.',
  answers: [
    {
      status: 200,
      description: 'The number of resolved messages',
      schema: t.Object(
        { campaign_id: t.Integer(), messages_resolved: t.Integer(), status },
        { title: 'ResolveAnswer' },
      ),
      example: { campaign_id: 1, messages_resolved: 3, status: 'sent' },
    },
  ],
  errors: reopenErrors,
  body: true,
})

export const failuresDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'Count failures by reason',
  description: 'Counts unreached recipients by status and last error, most frequent first.',
  answers: [
    {
      status: 200,
      description: 'Failures by reason',
      schema: t.Object(
        {
          campaign_id: t.Integer(),
          status,
          failures: t.Array(
            t.Object({ status: t.String(), code: t.String(), count: t.Integer() }, { title: 'FailureCount' }),
          ),
        },
        { title: 'FailureReport' },
      ),
      example: {
        campaign_id: 1,
        status: 'sent',
        failures: [{ status: 'failed', code: 'provider.rejected', count: 12 }],
      },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})
