/**
 * Folds receipts into messages, `fold.sql`, and marks those messages as sent that a receipt shows to be with the provider
 * although no result of theirs says so (race 10).
 */
import { type Kysely, sql } from 'kysely'
import { withCustomPlans } from '../../db/custom-plans.ts'
import { prepare } from '../../db/prepare.ts'
import { prepareSql, readSqlFile } from '../../db/sql-file.ts'
import { failpoint } from '../../failpoint.ts'
import { acceptLate } from '../chunk/late.ts'
import type { Database } from '../schema.ts'
import { type NewSuppression, suppress } from '../suppressions/suppress.ts'

type FoldTables = Pick<
  Database,
  | 'receipts'
  | 'provider_refs'
  | 'outbound_messages'
  | 'campaigns'
  | 'dispatch_chunks'
  | 'customers'
  | 'suppressions'
  | 'consents'
  | 'senders'
>

/** Receipts that one run takes: a run of them holds its campaigns for some tens of milliseconds. */
export const FOLD_SIZE = 2000

export interface Folded {
  /** Receipts that were looked at; a full step where there may be more. */
  readonly taken: number
  /** Messages whose delivery changed. */
  readonly changed: number
  /** Messages that became `sent` by a receipt. */
  readonly sent: number
}

interface FoldRow {
  readonly taken: number
  readonly changed: number
  readonly doubtful: readonly Doubtful[]
  readonly refused: readonly NewSuppression[]
}

interface Doubtful {
  readonly message_id: string
  readonly campaign_id: number
  readonly sender: string
  readonly reference: string
  readonly provider_id: string | null
}

const source = readSqlFile(new URL('./fold.sql', import.meta.url))

/**
 * Prepares one run of the fold. Safe to run in several processes at once, and to repeat after any failure.
 *
 * The inbox is empty most of the time. A plan that is kept from then compares each receipt with each message, and takes
 * seconds once receipts come in thousands: each run has a plan of its own.
 */
export function openFold(db: Kysely<FoldTables>): () => Promise<Folded> {
  const fold = prepareSql<{ size: number }, FoldRow>(db, source)
  const isDue = prepare<object, { due: boolean }>(db, () =>
    db.selectNoFrom((eb) =>
      eb
        .exists(eb.selectFrom('receipts').where('due_at', '<=', sql<Date>`now()`))
        .$castTo<boolean>()
        .as('due'),
    ),
  )
  return async () => {
    const [inbox] = await isDue({})
    if (!inbox?.due) return { taken: 0, changed: 0, sent: 0 }
    const [folded] = await withCustomPlans(db, async (trx) => {
      const rows = await fold({ size: FOLD_SIZE }, trx)
      // May wait for others who suppress, or add customers: never for whoever waits for what the fold holds.
      await suppress(trx.$pickTables<'suppressions'>(), rows[0]?.refused ?? [])
      return rows
    })
    const { taken = 0, changed = 0, doubtful = [] } = folded ?? {}
    if (doubtful.length > 0) {
      await failpoint('receipts.doubtful')
      await markSent(db, doubtful)
    }
    return { taken, changed, sent: doubtful.length }
  }
}

/** Their receipts stay in the inbox, and are folded by the next run, which finds the messages sent. */
async function markSent(db: Kysely<FoldTables>, doubtful: readonly Doubtful[]): Promise<void> {
  for (const [campaignId, messages] of Map.groupBy(doubtful, ({ campaign_id }) => campaign_id))
    await acceptLate(db, campaignId, messages.map(accepted))
  await db
    .updateTable('receipts')
    .from(
      sql<{ sender: string; reference: string }>`unnest(${doubtful.map(({ sender }) => sender)}::text[],
        ${doubtful.map(({ reference }) => reference)}::text[])`.as<'d'>(sql`d(sender, reference)`),
    )
    .set({ due_at: sql<Date>`now()` })
    .whereRef('receipts.sender', '=', 'd.sender')
    .whereRef('receipts.reference', '=', 'd.reference')
    .execute()
}

/** Result that a receipt proves: a call worked. Its text, and how many tries it took, are known to others. */
const accepted = ({ message_id: id, provider_id: providerId }: Doubtful) =>
  ({ id, status: 'sent', attempts: 0, providerId, code: null, text: null, delayMs: 0 }) as const

/** Receipts that name no message of ours are kept so long. */
const KEPT_HOURS = 24
/** A provider's ids are kept so long: receipts come within days. */
const REFS_KEPT_DAYS = 7

/** @returns receipts that were dropped because they named no message for a day */
export async function deleteOldReceipts(db: Kysely<Pick<Database, 'receipts' | 'provider_refs'>>): Promise<number> {
  const dropped = await db
    .deleteFrom('receipts')
    .where('received_at', '<', sql<Date>`now() - make_interval(hours => ${sql.lit(KEPT_HOURS)})`)
    .returning('sender')
    .execute()
  await db
    .deleteFrom('provider_refs')
    .where('created_at', '<', sql<Date>`now() - make_interval(days => ${sql.lit(REFS_KEPT_DAYS)})`)
    .execute()
  return dropped.length
}
