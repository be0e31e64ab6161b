/** Kinds of errors of the domain: those that it throws itself, or that several plugins share. */
import { t } from 'elysia'
import { defineErrors, fieldProblems } from '../errors.ts'
import { refusalOf, statusesAllowing } from './campaign/status.ts'

const missing = t.Object(
  { missing_ids: t.Array(t.Integer()), missing_count: t.Integer() },
  { description: 'The first 100 ids that were not found, and the number of all of them' },
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
  NO_SENDER: {
    status: 409,
    message: 'Cannot send by whatsapp: no sender is set up for this channel. Add one to SENDERS.',
  },
  SENDER_NOT_FOUND: { status: 404, message: 'Sender "mian" not found: did you mean "main"?' },
  SENDER_NOT_OPEN: {
    status: 409,
    message: 'Cannot check sender "main": this process does not have it. Use the same SENDERS settings as the workers.',
  },
  SENDER_UNCHECKABLE: {
    status: 409,
    message: 'Cannot check sender "main": the kind "mock" has no check. Send a test message instead.',
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
