/** Documentation of the campaign routes. */

import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { audienceList } from './audience-schema.ts'
import { campaignErrors } from './errors.ts'
import {
  audiencesExample,
  campaignExample,
  closeExample,
  customerMessagesExample,
  detailsExample,
  exportExample,
  pageExample,
  recipientsExample,
  selectExample,
  sendExample,
} from './examples.ts'
import {
  campaignDetails,
  campaignPage,
  closeAnswer,
  createdCampaign,
  customerMessagePage,
  recipientPage,
  selectAnswer,
  sendAnswer,
} from './schema.ts'

const tag = 'Campaigns'

export const createDocs = route({
  scope: 'campaigns:write',
  tag,
  summary: 'Create a campaign',
  description:
    'Creates a campaign without recipients: `scheduled` if its `scheduled_at` is in the future, otherwise `draft`. Nothing is sent before /send adds recipients.',
  answers: [{ status: 201, description: 'The campaign', schema: createdCampaign, example: campaignExample }],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

export const listDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'List campaigns',
  description: 'Returns a page of campaigns with their stats, newest first unless `sort` is set.',
  answers: [{ status: 200, description: 'A page of campaigns', schema: campaignPage, example: pageExample }],
  errors: [errors.INVALID_REQUEST],
})

export const showDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'Get a campaign',
  description: 'Returns a campaign with its recipients counted by status.',
  answers: [{ status: 200, description: 'The campaign', schema: campaignDetails, example: detailsExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'campaigns:write',
  tag,
  summary: 'Update a campaign',
  description:
    'Changes a campaign that is `draft` or `scheduled`. Omitted fields keep their values. A new `scheduled_at` also sets the status: `scheduled` for a time in the future, `draft` for null or a time in the past.',
  answers: [{ status: 200, description: 'The updated campaign', schema: campaignDetails, example: detailsExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
  body: true,
})

export const removeDocs = route({
  scope: 'campaigns:write',
  tag,
  summary: 'Delete a campaign',
  description: 'Deletes a campaign that is `draft` or `scheduled`, with its recipients.',
  answers: [{ status: 204, description: 'The campaign is deleted' }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
})

export const sendDocs = route({
  scope: 'campaigns:send',
  tag,
  summary: 'Send a campaign to customers',
  description:
    'Queues a message for each customer who is not a recipient yet, so a call can be repeated safely. If any customer does not exist, nothing is queued. A campaign whose `scheduled_at` is in the future becomes `scheduled`; otherwise it becomes `sending`. To add an audience in several calls, set `more: true` on all but the last one: queued messages are sent meanwhile, but the campaign does not complete before the last call. If an open audience receives no call for 10 minutes, the campaign is paused; the next call, or /resume, continues it.\n\nIn place of customer_ids, `audience` selects customers by segments and rules: its ids never leave the database. The scheduler queues them in steps, and the first are sent meanwhile; the campaign does not complete before the last. Pausing or cancelling the campaign stops that too.',
  answers: [
    { status: 200, description: 'The number of queued messages', schema: sendAnswer, example: sendExample },
    {
      status: 202,
      description: 'Recipients of the audience are being queued',
      schema: selectAnswer,
      example: selectExample,
    },
  ],
  errors: [
    errors.INVALID_REQUEST,
    campaignErrors.EMPTY_CUSTOMER_IDS,
    campaignErrors.TOO_MANY_CUSTOMER_IDS,
    messagingErrors.INVALID_CAMPAIGN_STATUS,
    messagingErrors.TEMPLATE_UNKNOWN_PLACEHOLDER,
    messagingErrors.CAMPAIGN_NOT_FOUND,
    messagingErrors.CUSTOMER_NOT_FOUND,
  ],
  body: true,
})

export const audiencesDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'List a campaign’s audiences',
  description: 'Returns the audiences of segments and rules that the campaign was given, and how far they are queued.',
  answers: [{ status: 200, description: 'The audiences', schema: audienceList, example: audiencesExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const closeDocs = route({
  scope: 'campaigns:send',
  tag,
  summary: 'Close a campaign’s audience',
  description:
    'Closes an audience that calls to /send with `more: true` left open, if no final call without it will follow. Closing it again changes nothing.',
  answers: [{ status: 200, description: 'The audience is closed', schema: closeAnswer, example: closeExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const messagesDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'List a campaign’s recipients',
  description:
    'Returns recipients in the order of their customer ids. To get the next page, pass `next_cursor` as `cursor`, until it is null: with a filter, a page of a large campaign may hold fewer than `limit` recipients, even none, before the end. `customer` is null for a deleted customer.',
  answers: [{ status: 200, description: 'A page of recipients', schema: recipientPage, example: recipientsExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const exportDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'Export a campaign’s recipients',
  description:
    'Returns recipients as CSV with a header line, in the order of their customer ids. Cells that a spreadsheet would execute (they begin with = + - @, a tab or a carriage return) get a leading apostrophe; phone numbers are unchanged. If the connection breaks, the file is incomplete.',
  answers: [
    { status: 200, description: 'All recipients', type: 'text/csv', schema: t.String(), example: exportExample },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const customerMessagesDocs = route({
  scope: 'campaigns:read',
  tag: 'Customers',
  summary: 'List messages to a customer',
  description:
    'Returns one message for each campaign that has the customer as a recipient, newest campaign first. To get the next page, pass `next_cursor` as `cursor`, until it is null: with thousands of campaigns, a page may hold fewer than `limit` messages, even none, before the end.',
  answers: [
    { status: 200, description: 'A page of messages', schema: customerMessagePage, example: customerMessagesExample },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})
