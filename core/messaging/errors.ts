/** Kinds of errors of the domain: those that it throws itself, or that several plugins share. */
import { t } from 'elysia'
import { defineErrors, fieldProblems } from '../errors.ts'
import { refusalOf, statusesAllowing } from './campaign/status.ts'

const missing = t.Object(
  { missing_ids: t.Array(t.Integer()), missing_count: t.Integer() },
  { description: 'The first 100 ids that were not found, and the number of all of them' },
)

/** Something that uses a segment. */
export const segmentUse = t.Object(
  { kind: t.String({ enum: ['segment', 'campaign'] }), id: t.Integer(), name: t.String() },
  { title: 'SegmentUse' },
)

export const messagingErrors = defineErrors({
  INVALID_CAMPAIGN_STATUS: {
    status: 400,
    message: 'Cannot add recipients to campaign 1: it is "sent"; all customers of this call are already recipients',
    details: { missing_ids: [], missing_count: 0 },
    schema: missing,
  },
  TEMPLATE_UNKNOWN_PLACEHOLDER: {
    status: 400,
    message: 'Cannot send campaign 1: its template has placeholders that would be sent as they are',
    details: [{ path: 'base_template', message: 'Unknown placeholder "{frist_name}": did you mean "{first_name}"?' }],
    schema: fieldProblems,
  },
  CAMPAIGN_NOT_FOUND: { status: 404, message: 'Campaign with ID 999 not found' },
  CUSTOMER_NOT_FOUND: { status: 404, message: 'Customer with ID 999 not found', schema: missing },
  CUSTOMER_EXISTS: { status: 409, message: 'A customer with this phone number already exists' },
  INBOUND_NOT_FOUND: { status: 404, message: 'There is no message with ID 999 from a person' },
  INBOUND_NOT_REVIEWABLE: {
    status: 409,
    message: 'Cannot review message 7: it was read as "other", and only a "near_stop" is reviewed',
  },
  SEGMENT_NOT_FOUND: { status: 404, message: 'Segment with ID 999 not found' },
  SEGMENT_EXISTS: { status: 409, message: 'A segment with the name "VIP in Nairobi" already exists' },
  SEGMENT_IN_USE: {
    status: 409,
    message: 'Cannot delete segment 1: segment 2 ("VIP in Nairobi") uses it. Change or delete these first',
    details: { used_by: [{ kind: 'segment', id: 2, name: 'VIP in Nairobi' }] },
    schema: t.Object({ used_by: t.Array(segmentUse) }, { description: 'Everything that uses the segment' }),
  },
  RULE_TOO_SLOW: {
    status: 503,
    message: 'Counting took longer than 10 seconds: use fewer conditions, or try again when the database is less busy',
  },
  ATTRIBUTE_NOT_FOUND: { status: 404, message: 'There is no attribute "poits"' },
  ATTRIBUTE_EXISTS: { status: 409, message: 'The attribute "points" is declared already' },
  TOO_MANY_ATTRIBUTES: {
    status: 409,
    message: 'Cannot declare the attribute "points": there are 100 already. Remove one with DELETE /attributes/{name}',
  },
  ATTRIBUTE_IN_USE: {
    status: 409,
    message:
      'Cannot remove the attribute "points": it is used by the texts of campaigns 4, 7 and segment 2. Change these first, or cancel the campaigns',
    details: { campaign_ids: [4, 7], segment_ids: [2] },
    schema: t.Object(
      { campaign_ids: t.Array(t.Integer()), segment_ids: t.Array(t.Integer()) },
      {
        description:
          'Campaigns that are not over and whose texts use the attribute, and segments; the first 100 of each',
      },
    ),
  },
  PRICES_FROM_FILE: {
    status: 409,
    message:
      'Cannot replace the price list: it comes from the file that PRICES names. Change the file and restart, or unset PRICES',
  },
  NO_SENDER: {
    status: 409,
    message: 'Cannot send by whatsapp: no sender is set up for this channel. Add one to SENDERS.',
  },
  SENDER_NOT_FOUND: { status: 404, message: 'Sender "mian" not found: did you mean "main"?' },
  SENDER_NOT_OPEN: {
    status: 409,
    message:
      'Cannot ask the provider of sender "main": this process does not have it. Use the same SENDERS settings as the workers.',
  },
  SENDER_UNCHECKABLE: {
    status: 409,
    message:
      'Cannot check sender "main": with its settings, a sender of the kind "mock" has no check. Send a test message instead.',
  },
  SENDER_WITHOUT_TEMPLATES: {
    status: 409,
    message:
      'Cannot list templates of sender "wa": a sender of the kind "whatsapp" has no list, or needs a setting for it. See the README of the plugin.',
  },
  INVALID_ROUTE: {
    status: 400,
    message: 'Cannot route sms: There is no sender "mian": did you mean "main"?',
    details: [{ path: 'senders.0', message: 'There is no sender "mian": did you mean "main"?' }],
    schema: fieldProblems,
  },
  CAMPAIGN_STATUS_CONFLICT: {
    status: 409,
    message: refusalOf('pause', { id: 1, status: 'sent' }),
    details: { status: 'sent', allowed: statusesAllowing('pause') },
    schema: t.Object(
      { status: t.String(), allowed: t.Array(t.String()) },
      { description: 'The campaign’s status, and the statuses that allow the action' },
    ),
  },
})
