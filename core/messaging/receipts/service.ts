/** Service of whoever takes receipts: stores what providers post, and folds it into messages. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import { deleteOldReceipts, FOLD_SIZE, type Folded, openFold } from './fold.ts'
import { openInbox, type Post } from './inbox.ts'

export interface ReceiptService {
  /** Prepares storing posts: it resolves once they are committed. */
  openInbox(): (post: Post) => Promise<void>
  /** Prepares one run of the fold. Several processes may run it at once. */
  openFold(): () => Promise<Folded>
  /** Receipts that one run of the fold takes at most. */
  readonly foldSize: number
  /** Drops receipts that named no message for a day, and answers how many; forgets a provider's ids after a week. */
  deleteOld(): Promise<number>
}

export function openReceiptService(db: Kysely<Database>): ReceiptService {
  return Object.freeze({
    openInbox: () => openInbox(db),
    openFold: () => openFold(db),
    foldSize: FOLD_SIZE,
    deleteOld: () => deleteOldReceipts(db),
  })
}
