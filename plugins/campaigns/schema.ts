/** Schemas of the campaign routes: bodies, queries and answers. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { digits, id, MAX_ID, moment, nullable, oneOf, text } from '../../core/http/fields.ts'
import { pageQuery, paginationSchema } from '../../core/http/page.ts'
import { searchText } from '../../core/http/search.ts'
import { campaignOrders } from '../../core/messaging/campaign/campaign-service.ts'
import { campaignStatuses, pausedReasons } from '../../core/messaging/campaign/status.ts'
import { waitingSchema } from '../../core/messaging/campaign/waiting-schema.ts'
import { recipientStatuses } from '../../core/messaging/recipients/service.ts'
import type { Channel, Delivery } from '../../core/messaging/schema.ts'
import { codesInWords } from '../../core/messaging/senders/codes.ts'

const deliveries = ['submitted', 'undelivered', 'delivered', 'read'] as const satisfies readonly Delivery[]
export const channels = ['sms', 'whatsapp'] as const satisfies readonly Channel[]
/** Ids that one call to /send may hold. */
export const MAX_CUSTOMER_IDS = 100_000

const strict = { additionalProperties: false } as const

const name = text({ min: 1, max: 200, description: 'Shown to people only', example: 'Welcome Campaign' })
const channel = oneOf(channels, { description: 'How its messages travel' })
const template = text({
  min: 1,
  max: 4096,
  description:
    'The text, with {first_name} {last_name} {phone} {location} {prefered_product} filled in for each customer; {first_name|there} gives a fallback',
  example: 'Hi {first_name|there}, see what is new in {location|your town}!',
})
const scheduledAt = nullable(
  moment({
    description: 'When to send: RFC 3339 with any offset. Null or absent: when /send is called',
    example: '2030-01-31T09:00:00+03:00',
  }),
)

const expiresAt = nullable(
  moment({
    description:
      'What is not started by then is skipped, so that a campaign that was held up does not reach people too late: RFC 3339, after scheduled_at. Null or absent: never',
    example: '2030-01-31T18:00:00+03:00',
  }),
)

export const campaignBody = t.Object(
  {
    name,
    channel,
    base_template: template,
    scheduled_at: t.Optional(scheduledAt),
    expires_at: t.Optional(expiresAt),
  },
  { ...strict, title: 'NewCampaign' },
)

export const campaignChanges = t.Object(
  {
    name: t.Optional(name),
    channel: t.Optional(channel),
    base_template: t.Optional(template),
    scheduled_at: t.Optional(scheduledAt),
    expires_at: t.Optional(expiresAt),
  },
  { ...strict, title: 'CampaignChanges', minProperties: 1 },
)

export const sendBody = t.Object(
  {
    customer_ids: t.Array(id(), {
      description: `Customers to send to, 1 to ${MAX_CUSTOMER_IDS} a call; those that the campaign has already are left as they are`,
      example: [1, 2, 3],
    }),
    more: t.Optional(
      t.Boolean({
        description:
          'More calls will follow for this audience: the campaign cannot end before one without `more`, or /close-audience',
        example: false,
      }),
    ),
  },
  { ...strict, title: 'SendRequest' },
)

export const campaignPath = t.Object({ id: digits({ min: 1, max: MAX_ID, description: 'The campaign', example: 1 }) })

export const listQuery = t.Object(
  {
    ...pageQuery,
    q: t.Optional(searchText('Only campaigns whose name holds each of these words, in any case', 'welcome')),
    sort: t.Optional(
      oneOf(campaignOrders, {
        description:
          'What to order by, `-` for the last first; -created_at if not given. Campaigns without a scheduled_at come last',
      }),
    ),
    channel: t.Optional(oneOf(channels, { description: 'Only campaigns of this channel' })),
    status: t.Optional(oneOf(campaignStatuses, { description: 'Only campaigns in this status' })),
  },
  strict,
)
export type ListQuery = Static<typeof listQuery>

const recipientFilter = {
  status: t.Optional(oneOf(recipientStatuses, { description: 'Only recipients in this status' })),
  q: t.Optional(
    searchText(
      'Only recipients whose phone begins so, as E.164 or in the form of DEFAULT_COUNTRY, or whose name holds each of these words',
      'amina',
    ),
  ),
}

export const exportQuery = t.Object(recipientFilter, strict)
export type ExportQuery = Static<typeof exportQuery>

export const messagesQuery = t.Object(
  {
    ...recipientFilter,
    cursor: t.Optional(text({ max: 64, description: 'Where to go on: next_cursor of the answer before' })),
    limit: t.Optional(
      digits({ min: 1, description: 'Recipients an answer, 50 if not given; more than 500 counts as 500' }),
    ),
  },
  strict,
)
export type MessagesQuery = Static<typeof messagesQuery>

export const statsSchema = t.Object(
  {
    total: t.Integer(),
    pending: t.Integer(),
    sending: t.Integer(),
    sent: t.Integer(),
    failed: t.Integer(),
    skipped: t.Integer(),
    unknown: t.Integer(),
    delivered: t.Integer({ description: 'Sent messages that arrived, as their receipts say' }),
    undelivered: t.Integer({ description: 'Sent messages that did not arrive, as their receipts say' }),
    read: t.Integer({ description: 'Delivered messages that were read; on channels that tell' }),
  },
  {
    title: 'CampaignStats',
    description:
      'Recipients by status: total = pending + sending + sent + failed + skipped + unknown at every moment. Of those sent, `delivered` and `undelivered` by the receipts of the provider; for the rest none came yet',
  },
)

const warnings = t.Optional(
  t.Array(t.String(), {
    description: 'What is odd about the template, or a scheduled_at in the past; absent where nothing is',
  }),
)

export const createdCampaign = t.Object(
  {
    id: t.Integer(),
    name: t.String(),
    channel: t.String({ enum: [...channels] }),
    status: t.String({ enum: [...campaignStatuses] }),
    base_template: t.String(),
    scheduled_at: orNull(utcTime('When it is to be sent; null: when /send is called')),
    expires_at: orNull(utcTime('When the rest of it is skipped; null: never')),
    created_at: utcTime('When it was made'),
    audience_open: t.Boolean({
      description: 'Recipients are still being added: it cannot end before its audience is closed',
    }),
    paused_reason: orNull(
      t.String({
        enum: [...pausedReasons],
        description:
          'Why it was paused by itself, null else. `audience_open`: nobody added to its open audience for 10 minutes, nor closed it',
      }),
    ),
    warnings,
  },
  { title: 'CreatedCampaign' },
)
export const shownCampaign = t.Object(
  {
    ...createdCampaign.properties,
    stats: statsSchema,
    waiting: orNull(waitingSchema),
  },
  { title: 'Campaign' },
)
export const campaignPage = t.Object(
  { data: t.Array(shownCampaign), pagination: paginationSchema },
  { title: 'CampaignPage' },
)

export const sendAnswer = t.Object(
  {
    campaign_id: t.Integer(),
    messages_queued: t.Integer({ description: 'Recipients that were new to the campaign' }),
    status: t.String({ enum: [...campaignStatuses] }),
    audience_open: t.Boolean({ description: 'Recipients are still being added' }),
  },
  { title: 'SendAnswer' },
)
export const closeAnswer = t.Omit(sendAnswer, ['messages_queued'], { title: 'CloseAudienceAnswer' })

export const customerMessagesQuery = t.Object(
  {
    cursor: t.Optional(text({ max: 64, description: 'Where to go on: next_cursor of the answer before' })),
    limit: t.Optional(
      digits({ min: 1, description: 'Messages an answer, 20 if not given; more than 100 counts as 100' }),
    ),
  },
  strict,
)
export type CustomerMessagesQuery = Static<typeof customerMessagesQuery>

export const customerPath = t.Object({ id: digits({ min: 1, max: MAX_ID, description: 'The customer', example: 1 }) })

const messageFields = {
  status: t.String({ enum: [...recipientStatuses] }),
  attempts: t.Integer(),
  provider_message_id: orNull(t.String()),
  last_error: orNull(t.String({ description: `The code of what went wrong at the last try. ${codesInWords}` })),
  history: t.Array(t.Object({ code: t.String(), at: utcTime('When it happened') }), {
    description: 'What went wrong at each try, the oldest first',
  }),
  rendered_content: orNull(t.String({ description: 'The text as it was sent' })),
  delivery: orNull(
    t.String({
      enum: [...deliveries],
      description:
        'What the provider’s receipts say of a sent message; null before the first. `submitted`: on its way; `read` includes delivered',
    }),
  ),
  delivery_code: orNull(t.String({ description: 'The provider’s code of an undelivered message' })),
  created_at: utcTime('When it was queued'),
  updated_at: orNull(utcTime('When its outcome came in')),
}

export const recipient = t.Object(
  {
    customer: orNull(
      t.Object({
        id: t.Integer(),
        first_name: orNull(t.String()),
        last_name: orNull(t.String()),
        phone: t.String(),
      }),
    ),
    ...messageFields,
  },
  { title: 'Recipient' },
)
export const recipientPage = t.Object(
  { data: t.Array(recipient), next_cursor: orNull(t.String()) },
  { title: 'RecipientPage' },
)

export const customerMessage = t.Object(
  {
    campaign: t.Object({
      id: t.Integer(),
      name: t.String(),
      channel: t.String({ enum: [...channels] }),
      status: t.String({ enum: [...campaignStatuses] }),
    }),
    ...messageFields,
  },
  { title: 'CustomerMessage' },
)
export const customerMessagePage = t.Object(
  { data: t.Array(customerMessage), next_cursor: orNull(t.String()) },
  { title: 'CustomerMessagePage' },
)
