/** Customers as ids alone, for those who send to many of them. */

import type { Static } from 'elysia'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import type { CountryCode } from '../../core/phone.ts'
import { matches } from './filter.ts'
import { type idsQuery, MAX_IDS } from './schema.ts'

type Db = Kysely<Pick<Database, 'customers'>>

export async function listIds(db: Db, query: Static<typeof idsQuery>, country: CountryCode) {
  const rows = await db
    .selectFrom('customers')
    .select('id')
    .where('id', '>', readCursor(query.cursor))
    .where(matches(query, country))
    .orderBy('id')
    .limit(MAX_IDS + 1)
    .execute()
  const data = rows.slice(0, MAX_IDS).map(({ id }) => id)
  const last = data.at(-1)
  return { data, next_cursor: rows.length > MAX_IDS && last !== undefined ? writeCursor(last) : null }
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
