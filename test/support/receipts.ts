/** Receipts for tests: posted as by a provider, and folded. */
import { type Kysely, sql } from 'kysely'
import { openFold } from '../../core/messaging/receipts/fold.ts'
import { openInbox } from '../../core/messaging/receipts/inbox.ts'
import type { Database, Delivery } from '../../core/messaging/schema.ts'
import type { Receipt } from '../../core/messaging/senders/hook.ts'

/** A receipt that repeats our id. */
export const echoed = (id: number, delivery: Delivery, more: Partial<Receipt> = {}): Receipt => ({
  messageId: String(id),
  delivery,
  ...more,
})

/** Inbox and fold of one sender. */
export function openReceipts(db: Kysely<Database>, sender = 'sms') {
  const store = openInbox(db)
  const fold = openFold(db)
  return {
    post: (...receipts: Receipt[]) => store({ sender, receipts, inbound: [] }),
    fold,
    /** As if so much time had passed since the last look. */
    foldLater: async () => {
      await sql`update receipts set due_at = now()`.execute(db)
      return fold()
    },
    left: () => db.selectFrom('receipts').selectAll().orderBy('reference').orderBy('delivery').execute(),
  }
}
