/** Statuses of a recipient. Pure. */
import type { MessageStatus } from '../schema.ts'

/** As a person sees them: a message that is `pending` is `sending` from the start of its call until its result is written. */
export const recipientStatuses = [
  'pending',
  'sending',
  'sent',
  'failed',
  'skipped',
  'unknown',
] as const satisfies readonly (MessageStatus | 'sending')[]
export type RecipientStatus = (typeof recipientStatuses)[number]

/** Parts of the sent messages by their receipts, as a campaign's figures count them: `read` is a part of `delivered`. */
export const deliveryFilters = ['awaiting', 'delivered', 'undelivered', 'read'] as const
export type DeliveryFilter = (typeof deliveryFilters)[number]
