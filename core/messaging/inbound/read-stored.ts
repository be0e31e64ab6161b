/** Reads messages that were stored without a reading: by a program of the version before, or before there were readings. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { KeywordReader } from '../text/keywords/keywords.ts'
import { followWishes, wishOf } from './wishes.ts'

type Db = Kysely<Pick<Database, 'suppressions' | 'inbound_messages'>>

/** Messages of one transaction. */
const STEP = 500

/** @returns how many were read; fewer than there are, if that is a whole step. Several processes may run it at once. */
export async function readStored(
  db: Db,
  keywords: KeywordReader,
): Promise<{ readonly read: number; readonly more: boolean }> {
  return db.transaction().execute(async (trx: Db) => {
    const rows = await trx
      .selectFrom('inbound_messages')
      .select(['id', 'sender', 'phone', 'body', 'intent'])
      .where('reading', 'is', null)
      .orderBy('id')
      .limit(STEP)
      .forUpdate()
      .skipLocked()
      .execute()
    if (rows.length === 0) return { read: 0, more: false }
    const read = rows.map((row) => ({ ...row, reading: intentOf(row.intent) ?? keywords.read(row.body) }))
    const wishes = read.flatMap(
      ({ phone, body, intent, reading, sender }) =>
        // Which channels the sender carries is not known here.
        wishOf({ from: phone ?? undefined, text: body, intent: intentOf(intent) }, reading, {
          sender,
          channel: undefined,
        }) ?? [],
    )
    await trx
      .updateTable('inbound_messages as m')
      .from(
        sql<{ id: string; reading: string }>`unnest(${read.map(({ id }) => id)}::bigint[],
          ${read.map(({ reading }) => reading)}::text[])`.as<'r'>(sql`r(id, reading)`),
      )
      .set({ reading: sql`r.reading`, review: sql`case when r.reading = 'near_stop' then 'open' end` })
      .whereRef('m.id', '=', 'r.id')
      .execute()
    await followWishes(trx, wishes)
    return { read: rows.length, more: rows.length === STEP }
  })
}

const intents = ['stop', 'start', 'help'] as const
export const intentOf = (intent: string | null | undefined) => intents.find((one) => one === intent)
