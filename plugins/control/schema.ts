/** Schemas and documentation of the control routes. */

import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { digits, MAX_ID, oneOf, text } from '../../core/http/fields.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'

const tag = 'Control'
const strict = { additionalProperties: false } as const

export const controlPath = t.Object({ id: digits({ min: 1, max: MAX_ID, description: 'The campaign', example: 1 }) })

export const retryBody = t.Object(
  {
    codes: t.Optional(
      t.Array(text({ min: 1, max: 100 }), {
        description:
          'Only messages whose last error is one of these, as GET /campaigns/{id}/failures lists them; absent: all',
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
      description: '`sent` and `failed`: what became of them. `resend`: fresh tries, at the risk of a second delivery',
    }),
  },
  { ...strict, title: 'ResolveRequest' },
)

const status = t.String({ description: 'The campaign’s status now' })
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
  'While it is `sending`. Nothing more is started; messages in flight are finished, at most a window of each worker.',
  'paused',
)
export const resumeDocs = controlDocs('Resume a campaign', 'Where it was paused.', 'sending')
export const cancelDocs = controlDocs(
  'Cancel a campaign',
  'For good, unless it is over. Recipients that are left become `skipped`, with the reason `cancelled`.',
  'cancelled',
)

export const retryDocs = route({
  scope: 'campaigns:control',
  tag,
  summary: 'Try failed messages again',
  description:
    'Gives failed messages as many fresh tries as new ones have (WORKER_MAX_ATTEMPTS), under their old idempotency keys; `unknown` ones stay as they are.',
  answers: [
    {
      status: 200,
      description: 'How many are tried again',
      schema: t.Object({ campaign_id: t.Integer(), messages_queued: t.Integer(), status }, { title: 'RetryAnswer' }),
      example: { campaign_id: 1, messages_queued: 12, status: 'sending' },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
  body: true,
})

export const resolveDocs = route({
  scope: 'campaigns:control',
  tag,
  summary: 'Settle messages in doubt',
  description: 'Says what became of messages that are `unknown`, once somebody has looked into it.',
  answers: [
    {
      status: 200,
      description: 'How many there were',
      schema: t.Object(
        { campaign_id: t.Integer(), messages_resolved: t.Integer(), status },
        { title: 'ResolveAnswer' },
      ),
      example: { campaign_id: 1, messages_resolved: 3, status: 'sent' },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
  body: true,
})

export const failuresDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'Count failures by reason',
  description: 'Recipients that were not reached, by status and last error, the most frequent first.',
  answers: [
    {
      status: 200,
      description: 'By reason',
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
