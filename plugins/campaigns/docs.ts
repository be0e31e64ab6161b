/** Documentation of the campaign routes. */

import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { campaignErrors } from './errors.ts'
import {
  campaignExample,
  closeExample,
  customerMessagesExample,
  exportExample,
  pageExample,
  recipientsExample,
  sendExample,
  shownExample,
} from './examples.ts'
import {
  campaignPage,
  closeAnswer,
  createdCampaign,
  customerMessagePage,
  recipientPage,
  sendAnswer,
  shownCampaign,
} from './schema.ts'

const tag = 'Campaigns'

export const createDocs = route({
  scope: 'campaigns:write',
  tag,
  summary: 'Create a campaign',
  description:
    'It is `scheduled` if its time is in the future, else `draft`. Nothing is sent before /send names recipients.',
  answers: [{ status: 201, description: 'The campaign', schema: createdCampaign, example: campaignExample }],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

export const listDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'List campaigns',
  description: 'Newest first unless `sort` says otherwise, each with its stats.',
  answers: [{ status: 200, description: 'One page', schema: campaignPage, example: pageExample }],
  errors: [errors.INVALID_REQUEST],
})

export const showDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'Show a campaign',
  description: 'With its recipients counted by status.',
  answers: [{ status: 200, description: 'The campaign', schema: shownCampaign, example: shownExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'campaigns:write',
  tag,
  summary: 'Change a campaign',
  description:
    'While it is `draft` or `scheduled`. Fields that are absent stay. A new scheduled_at sets the status as at creation: a future time makes it `scheduled`, null or a past one `draft`.',
  answers: [{ status: 200, description: 'The campaign as it is now', schema: shownCampaign, example: shownExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
  body: true,
})

export const removeDocs = route({
  scope: 'campaigns:write',
  tag,
  summary: 'Delete a campaign',
  description: 'With its recipients, while it is `draft` or `scheduled`.',
  answers: [{ status: 204, description: 'It is gone' }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CAMPAIGN_STATUS_CONFLICT],
})

export const sendDocs = route({
  scope: 'campaigns:send',
  tag,
  summary: 'Send a campaign to customers',
  description:
    'Queues a message for each customer that the campaign does not have yet, so that a call may be repeated. The status is `scheduled` while the campaign’s time is ahead, and nothing is sent before it; else `sending`. All customers must exist, or nothing is queued. An audience that needs several calls stays open while each has `more: true`: what is queued is sent already, but the campaign does not end before a call without it. Left open for 10 minutes without a call it is paused; the next call, or /resume, sets it going again.',
  answers: [{ status: 200, description: 'How many were queued', schema: sendAnswer, example: sendExample }],
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

export const closeDocs = route({
  scope: 'campaigns:send',
  tag,
  summary: 'Close a campaign’s audience',
  description:
    'Ends an audience that calls to /send with `more: true` left open, where no last call without it can follow. May be repeated: one that is closed already stays as it is.',
  answers: [{ status: 200, description: 'The audience is closed', schema: closeAnswer, example: closeExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const messagesDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'List a campaign’s recipients',
  description:
    'One line a recipient, in the order of their customer ids. Go on with `cursor` = next_cursor until that is null: with a filter, an answer from a large campaign may hold fewer than `limit`, even none, before the end. `customer` is null once the customer was deleted.',
  answers: [{ status: 200, description: 'Some recipients', schema: recipientPage, example: recipientsExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const exportDocs = route({
  scope: 'campaigns:read',
  tag,
  summary: 'Export a campaign’s recipients',
  description:
    'As CSV with a line of names, in the order of their customer ids. Cells that a spreadsheet would run (they begin with = + - @, a tab or a carriage return) have an apostrophe before them; phones are as they are. An answer that breaks off is not complete.',
  answers: [
    { status: 200, description: 'All recipients', type: 'text/csv', schema: t.String(), example: exportExample },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND],
})

export const customerMessagesDocs = route({
  scope: 'campaigns:read',
  tag: 'Customers',
  summary: 'List what a customer was sent',
  description:
    'One line a campaign that has the customer, the newest campaign first. Go on with `cursor` = next_cursor until that is null: among thousands of campaigns an answer may hold fewer than `limit`, even none, before the end.',
  answers: [
    { status: 200, description: 'Some messages', schema: customerMessagePage, example: customerMessagesExample },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})
