import type { InboundRow } from '../../core/messaging/inbound/service.ts'

export const viewInbound = (row: InboundRow) => ({
  id: Number(row.id),
  sender: row.sender,
  from: row.phone,
  channel: row.channel,
  to: row.sent_to,
  text: row.body,
  // Null until the loop has read what an earlier version stored.
  intent: row.reading,
  review: row.review,
  reviewed_at: row.reviewed_at,
  sent_at: row.sent_at,
  received_at: row.received_at,
  customer:
    row.customer_id === null ? null : { id: row.customer_id, first_name: row.first_name, last_name: row.last_name },
})
