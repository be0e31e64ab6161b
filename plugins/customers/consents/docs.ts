/** Documentation of the consent routes. */
import { errors } from '../../../core/errors.ts'
import { route } from '../../../core/http/route.ts'
import { messagingErrors } from '../../../core/messaging/errors.ts'
import { consentDetails, consentPage } from './schema.ts'

const tag = 'Customers'

const example = {
  id: '7',
  status: 'given',
  channel: 'all',
  purpose: 'marketing',
  method: 'web_form',
  wording: 'Offers by SMS, version 3',
  evidence: 'example.com/join, order 1042',
  captured_at: '2026-01-31T06:00:00.000Z',
  actor: 'key:1f0c9a2e',
  created_at: '2026-01-31T06:00:01.123Z',
}

export const listDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'List consents of a customer',
  description:
    'Returns what the customer agreed to and what they withdrew, those that were recorded last first, a page at a time: repeat the request with `cursor` set to `next_cursor` until that is null. Records are never changed. They stay when the customer is deleted.',
  answers: [
    {
      status: 200,
      description: 'A page of records',
      schema: consentPage,
      example: { data: [example], next_cursor: null },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})

export const recordDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Record a consent',
  description:
    'Records that the customer gave consent to marketing, or withdrew it. A withdrawal holds from the answer on: marketing messages that are queued are skipped with `consent.withdrawn`, except those that a worker was allowed to start before. Campaigns for `service` are not held.',
  answers: [{ status: 201, description: 'The record', schema: consentDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
  body: true,
})
