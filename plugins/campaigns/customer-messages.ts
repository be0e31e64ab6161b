/** Messages to one customer as the API shows them, newest campaign first. */
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import { MAX_ID } from '../../core/http/fields.ts'
import type { CustomerMessageRow } from '../../core/messaging/recipients/service.ts'
import type { CampaignGrant } from './grant.ts'
import { viewMessage } from './recipients.ts'
import type { CustomerMessagesQuery } from './schema.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function listCustomerMessages(
  recipients: CampaignGrant['messaging']['recipients'],
  customerId: number,
  query: CustomerMessagesQuery,
) {
  const limit = Math.min(Number(query.limit ?? DEFAULT_LIMIT), MAX_LIMIT)
  const before = readCursor(query.cursor) || MAX_ID + 1
  const { rows, next } = await recipients.readOfCustomer({ customerId, before, limit })
  return { data: rows.map(viewRow), next_cursor: next === null ? null : writeCursor(next) }
}

const viewRow = ({ campaign_id, name, channel, campaign_status, ...message }: CustomerMessageRow) => ({
  campaign: { id: campaign_id, name, channel, status: campaign_status },
  ...viewMessage(message),
})
