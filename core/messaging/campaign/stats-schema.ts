/** Schema of recipients by status, of a campaign or of several. */
import { t } from 'elysia'

export const statsFields = {
  total: t.Integer(),
  pending: t.Integer(),
  sending: t.Integer(),
  sent: t.Integer(),
  failed: t.Integer(),
  skipped: t.Integer(),
  unknown: t.Integer(),
  delivered: t.Integer({ description: 'Sent messages that were delivered, according to their receipts' }),
  undelivered: t.Integer({ description: 'Sent messages that were not delivered, according to their receipts' }),
  read: t.Integer({ description: 'Delivered messages that were read, on channels that report it' }),
}
