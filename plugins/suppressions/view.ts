/** A suppression as the API shows it. Pure. */
import { isoTime } from '../../core/http/time.ts'
import type { SuppressionRow } from '../../core/messaging/suppressions/service.ts'

export const viewSuppression = ({ id: _, created_at, ...row }: SuppressionRow) => ({
  phone: row.phone,
  channel: row.channel,
  reason: row.reason,
  source: row.source,
  sender: row.sender,
  code: row.code,
  note: row.note,
  created_at: isoTime(created_at),
})
