/** Customers as ids alone, for those who send to many of them. */

import type { Static } from 'elysia'
import { type Kysely, sql } from 'kysely'
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import { isUnindexed, matches } from './filter.ts'
import { scanIds } from './scan.ts'
import { type idsQuery, MAX_IDS } from './schema.ts'

type Db = Kysely<Pick<Database, 'customers'>>

export async function listIds(db: Db, query: Static<typeof idsQuery>, country: CountryCode) {
  const ids = await findIds(db, query, country)
  const data = ids.slice(0, MAX_IDS)
  const last = data.at(-1)
  return { data, next_cursor: ids.length > MAX_IDS && last !== undefined ? writeCursor(last) : null }
}

/** One more than an answer holds, where there are so many. */
async function findIds(db: Db, query: Static<typeof idsQuery>, country: CountryCode): Promise<number[]> {
  const [after, most] = [readCursor(query.cursor), MAX_IDS + 1]
  if (isUnindexed(query)) return scanIds(db, { filter: query, country, order: 'oldest first', after, most })
  const rows = await db
    .selectFrom('customers')
    .select('id')
    .where('id', '>', after)
    .where(matches(query, country))
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

export async function lookUpIds(db: Db, phones: readonly string[]): Promise<{ data: number[] }> {
  const rows = await db
    .selectFrom('customers')
    .select('id')
    .where('phone', '=', sql<string>`any(${[...phones]}::text[])`)
    .orderBy('id')
    .execute()
  return { data: rows.map(({ id }) => id) }
}
