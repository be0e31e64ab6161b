/** Review of near misses: a person decides whether somebody meant to opt out, who is suppressed until then. */
import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { suppress } from '../suppressions/suppress.ts'
import { getInbound, type InboundRow } from './list.ts'
import { liftNearMisses, wishCodes } from './wishes.ts'

type Db = Kysely<Pick<Database, 'suppressions' | 'inbound_messages' | 'customers'>>

export type Decision = 'stop' | 'ignore'

/**
 * Decides, or decides anew. `ignore` lifts the suppression only if nothing else speaks for it: a stop word, another near miss
 * that is open or was decided as `stop`, or what somebody entered.
 * @throws AppError INBOUND_NOT_FOUND, INBOUND_NOT_REVIEWABLE
 */
export async function reviewInbound(db: Db, id: number, decision: Decision): Promise<InboundRow> {
  return db.transaction().execute(async (trx: Db) => {
    const row = await getInbound(trx, id)
    if (row.reading !== 'near_stop')
      throw new AppError(
        messagingErrors.INBOUND_NOT_REVIEWABLE,
        `Cannot review message ${id}: it was read as "${row.reading ?? 'not read yet'}", and only a "near_stop" is reviewed`,
      )
    const { phone, sender } = row
    if (phone !== null) {
      // First, because of its lock (see wishes.ts): near misses of the same phone that come meanwhile are counted, or wait.
      await liftNearMisses(trx, [phone], [wishCodes.near_stop, wishCodes.review])
      const isOpen = decision === 'ignore' && (await hasOtherNearMiss(trx, phone, id))
      const code = isOpen ? wishCodes.near_stop : decision === 'stop' ? wishCodes.review : undefined
      if (code) await suppress(trx, [{ phone, channel: 'all', reason: 'opt_out', source: 'inbound', sender, code }])
    }
    await trx
      .updateTable('inbound_messages')
      .set({ review: decision, reviewed_at: sql<Date>`now()` })
      .where('id', '=', String(id))
      .execute()
    return getInbound(trx, id)
  })
}

const hasOtherNearMiss = async (db: Db, phone: string, id: number): Promise<boolean> =>
  (await db
    .selectFrom('inbound_messages')
    .select('id')
    .where('phone', '=', phone)
    .where('id', '<>', String(id))
    .where('reading', '=', 'near_stop')
    .where('review', 'in', ['open', 'stop'])
    .limit(1)
    .executeTakeFirst()) !== undefined
