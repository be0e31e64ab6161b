/** Schemas of the campaign routes: bodies, queries and answers. */
import { type Static, t } from 'elysia'
import { answeredTexts, orNull, utcTime } from '../../core/http/docs.ts'
import { digits, id, MAX_ID, oneOf, text } from '../../core/http/fields.ts'
import { pageQuery, paginationSchema } from '../../core/http/page.ts'
import { searchText } from '../../core/http/search.ts'
import { campaignOrders } from '../../core/messaging/campaign/campaign-service.ts'
import { statsFields } from '../../core/messaging/campaign/stats-schema.ts'
import { campaignStatuses, pausedReasons } from '../../core/messaging/campaign/status.ts'
import { waitingSchema } from '../../core/messaging/campaign/waiting-schema.ts'
import { deliveryFilters, recipientStatuses } from '../../core/messaging/recipients/service.ts'
import { channels, type Delivery, priorities, purposes, transliterations } from '../../core/messaging/schema.ts'
import { codesInWords } from '../../core/messaging/senders/codes.ts'
import { audienceSchema, evaluateSchema } from './audience-schema.ts'

const deliveries = ['submitted', 'undelivered', 'delivered', 'read'] as const satisfies readonly Delivery[]
/** Ids that one call to /send may hold. */
export const MAX_CUSTOMER_IDS = 100_000

const strict = { additionalProperties: false } as const

export const sendBody = t.Object(
  {
    customer_ids: t.Optional(
      t.Array(id(), {
        description: `Ids of customers to send to, 1 to ${MAX_CUSTOMER_IDS} per call; those who are recipients already are ignored`,
        example: [1, 2, 3],
      }),
    ),
    audience: t.Optional(audienceSchema),
    evaluate: t.Optional(evaluateSchema),
    more: t.Optional(
      t.Boolean({
        description:
          'True if more calls for this audience will follow: the campaign cannot complete before a call without `more`, or /close-audience',
        example: false,
      }),
    ),
  },
  {
    ...strict,
    title: 'SendRequest',
    description: 'Either customer_ids or audience',
    example: { customer_ids: [1, 2, 3] },
  },
)
export type SendRequest = Static<typeof sendBody>

export const campaignPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the campaign', example: 1 }),
})

export const listQuery = t.Object(
  {
    ...pageQuery,
    q: t.Optional(searchText('Only campaigns whose name contains each of these words, in any case', 'welcome')),
    sort: t.Optional(
      oneOf(campaignOrders, {
        description:
          'Sort order, descending with a leading `-`; default: -created_at. Campaigns without a scheduled_at come last',
      }),
    ),
    channel: t.Optional(oneOf(channels, { description: 'Only campaigns on this channel' })),
    status: t.Optional(oneOf(campaignStatuses, { description: 'Only campaigns with this status' })),
  },
  strict,
)
export type ListQuery = Static<typeof listQuery>

const recipientFilter = {
  status: t.Optional(oneOf(recipientStatuses, { description: 'Only recipients with this status' })),
  delivery: t.Optional(
    oneOf(deliveryFilters, {
      description:
        'Only sent messages that are counted so in `stats`: `delivered` includes those that were read, `awaiting` are those without a final receipt',
    }),
  ),
  q: t.Optional(
    searchText(
      'Only recipients whose name contains each of these words, or whose phone begins with this number, in E.164 or in the national format of DEFAULT_COUNTRY',
      'amina',
    ),
  ),
}

export const exportQuery = t.Object(recipientFilter, strict)
export type ExportQuery = Static<typeof exportQuery>

export const messagesQuery = t.Object(
  {
    ...recipientFilter,
    cursor: t.Optional(text({ max: 64, description: 'next_cursor of the previous page' })),
    limit: t.Optional(
      digits({ min: 1, description: 'Recipients per page; default: 50, at most 500: a higher number counts as 500' }),
    ),
  },
  strict,
)
export type MessagesQuery = Static<typeof messagesQuery>

export const statsSchema = t.Object(statsFields, {
  title: 'CampaignStats',
  description:
    'Recipients by status: total = pending + sending + sent + failed + skipped + unknown at any moment. `delivered` and `undelivered` are parts of `sent`; the other sent messages have no final receipt yet',
})

const warnings = t.Optional(
  t.Array(t.String(), {
    description: 'Problems with the template, or a scheduled_at in the past; absent if there are none',
  }),
)

export const createdCampaign = t.Object(
  {
    id: t.Integer(),
    name: t.String(),
    channel: t.String({ enum: [...channels] }),
    status: t.String({ enum: [...campaignStatuses] }),
    base_template: t.String(),
    texts: orNull(answeredTexts('Texts by BCP 47 tag, for customers of these languages; null: all get base_template')),
    template: orNull(
      t.Object(
        { name: t.String(), language: t.String(), parameters: t.Array(t.String()) },
        { description: 'Approved WhatsApp template that is sent; null: base_template is sent' },
      ),
    ),
    scheduled_at: orNull(utcTime('Time at which it is sent; null: immediately when /send is called')),
    expires_at: orNull(utcTime('Time after which remaining messages are skipped; null: never')),
    created_at: utcTime('Time at which it was created'),
    audience_open: t.Boolean({
      description: 'True while recipients are still being added: it cannot complete before its audience is closed',
    }),
    paused_reason: orNull(
      t.String({
        enum: [...pausedReasons],
        description:
          'The reason why the service paused it, otherwise null. `audience_open`: its open audience received no call for 10 minutes. `content_refused`: the provider refused 5 messages in a row for their text, template or sender name; `waiting.detail` says which. `audience_unusable`: a segment or rule of its audience cannot be used; `waiting.detail` says why',
      }),
    ),
    sender: orNull(t.String({ description: 'Name of the sender that it uses; null: by the route of the channel' })),
    max_rate: orNull(t.Number({ description: 'Messages a second at most; null: as fast as the sender allows' })),
    priority: t.String({ enum: [...priorities] }),
    purpose: t.String({ enum: [...purposes], description: 'Policies hold only marketing back' }),
    transliteration: t.String({
      enum: [...transliterations],
      description: 'Characters that an SMS may be written with instead, to fit the SMS alphabet',
    }),
    warnings,
  },
  { title: 'CreatedCampaign' },
)
export const campaignDetails = t.Object(
  {
    ...createdCampaign.properties,
    queueing: t.Boolean({
      description: 'True while the scheduler adds the recipients of an audience of segments and rules',
    }),
    stats: statsSchema,
    deferred: t.Integer({
      description:
        'Recipients whose message waits for the end of their quiet hours: a part of `stats.pending`, as far as workers have come across them',
    }),
    deferred_until: orNull(utcTime('The first time at which some of these messages are due')),
    receipts: t.Boolean({
      description:
        'True if receipts have come, or its sender gets them from the provider: otherwise `delivered`, `undelivered` and `read` say nothing',
    }),
    waiting: orNull(waitingSchema),
  },
  { title: 'Campaign' },
)
export const campaignPage = t.Object(
  { data: t.Array(campaignDetails), pagination: paginationSchema },
  { title: 'CampaignPage' },
)

export const sendAnswer = t.Object(
  {
    campaign_id: t.Integer(),
    messages_queued: t.Integer({ description: 'Number of new recipients' }),
    status: t.String({ enum: [...campaignStatuses] }),
    audience_open: t.Boolean({ description: 'True while recipients are still being added' }),
  },
  { title: 'SendAnswer' },
)
export const selectAnswer = t.Object(
  {
    ...sendAnswer.properties,
    queueing: t.Boolean({
      description: 'True: recipients are being selected and added; `stats.total` grows meanwhile',
    }),
  },
  { title: 'SendAudienceAnswer' },
)
export const closeAnswer = t.Omit(sendAnswer, ['messages_queued'], { title: 'CloseAudienceAnswer' })

export const customerMessagesQuery = t.Object(
  {
    cursor: t.Optional(text({ max: 64, description: 'next_cursor of the previous page' })),
    limit: t.Optional(
      digits({ min: 1, description: 'Messages per page; default: 20, at most 100: a higher number counts as 100' }),
    ),
  },
  strict,
)
export type CustomerMessagesQuery = Static<typeof customerMessagesQuery>

export const customerPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the customer', example: 1 }),
})

const messageFields = {
  status: t.String({ enum: [...recipientStatuses] }),
  attempts: t.Integer(),
  provider_message_id: orNull(t.String()),
  last_error: orNull(t.String({ description: `Error code of the last failed attempt. ${codesInWords}` })),
  history: t.Array(t.Object({ code: t.String(), at: utcTime('Time of the attempt’s result') }), {
    description: 'Failed attempts with their error codes, oldest first',
  }),
  rendered_content: orNull(t.String({ description: 'Text that was sent' })),
  delivery: orNull(
    t.String({
      enum: [...deliveries],
      description:
        'Delivery of a sent message according to the provider’s receipts; null before the first one. `submitted`: on its way; `read` implies delivered',
    }),
  ),
  delivery_code: orNull(t.String({ description: 'The provider’s error code of an undelivered message' })),
  created_at: utcTime('Time at which it was queued'),
  updated_at: orNull(utcTime('Time of its latest result')),
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
