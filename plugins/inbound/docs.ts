/** Documentation of the routes of what people wrote. */
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { inboundMessage, inboundPage } from './schema.ts'

const tag = 'Inbound'

const example = {
  id: 1,
  sender: 'main',
  channel: 'sms',
  from: '+254712345678',
  to: '20880',
  text: 'Please stop',
  intent: 'near_stop',
  review: 'open',
  reviewed_at: null,
  sent_at: null,
  received_at: '2030-01-01T08:15:30.123Z',
  customer: { id: 1, first_name: 'Amina', last_name: 'Otieno' },
}

export const listDocs = route({
  scope: 'inbound:read',
  tag,
  summary: 'List what people wrote',
  description:
    'Returns messages that people wrote to senders, newest first. `review=open` lists near misses: messages that may be a wish to opt out, whose senders are suppressed until somebody decides. To get the next page, pass `next_cursor` as `cursor`, until it is null.',
  answers: [
    {
      status: 200,
      description: 'A page of messages',
      schema: inboundPage,
      example: { data: [example], next_cursor: null },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})

export const showDocs = route({
  scope: 'inbound:read',
  tag,
  summary: 'Get a message that a person wrote',
  description: 'Returns a message by id.',
  answers: [{ status: 200, description: 'The message', schema: inboundMessage, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.INBOUND_NOT_FOUND],
})

export const reviewDocs = route({
  scope: 'inbound:write',
  tag,
  summary: 'Decide about a near miss',
  description:
    '`stop` keeps the person suppressed. `ignore` lifts the suppression, unless something else speaks for it: a stop word of the same person, another near miss that is open or was decided as `stop`, or an entry of somebody else. May be called again to decide anew.',
  answers: [
    {
      status: 200,
      description: 'The message',
      schema: inboundMessage,
      example: { ...example, review: 'ignore', reviewed_at: '2030-01-01T09:00:00.000Z' },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.INBOUND_NOT_FOUND, messagingErrors.INBOUND_NOT_REVIEWABLE],
  body: true,
})
