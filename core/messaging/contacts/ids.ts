/** Customers as ids alone, for those who send to many of them: a slice at a time, so that others have their turn. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { CountryCode } from '../text/phone.ts'
import type { CustomerRow } from './customers.ts'
import { type CustomerFilter, isUnfiltered, isUnindexed, matches } from './filter.ts'
import { SLICE, scanIds } from './scan.ts'

type Db = Kysely<Pick<Database, 'customers'>>

export interface IdRequest {
  readonly filter: CustomerFilter
  /** Only customers with a greater id. */
  readonly after: number
  readonly most: number
}

/** @returns ids in ascending order */
export async function findIds(db: Db, { filter, after, most }: IdRequest, country: CountryCode): Promise<number[]> {
  if (isUnfiltered(filter)) return readIds(db, after, most)
  if (!isUnindexed(filter, country)) {
    const few = await findFew(db, filter, after, country)
    if (few) return few.slice(0, most)
  }
  return scanIds(db, { filter, country, order: 'oldest first', after, most })
}

async function readIds(db: Db, after: number, most: number): Promise<number[]> {
  const ids: number[] = []
  for (;;) {
    const slice = Math.min(SLICE, most - ids.length)
    const rows = await db
      .selectFrom('customers')
      .select('id')
      .where('id', '>', ids.at(-1) ?? after)
      .orderBy('id')
      .limit(slice)
      .execute()
    for (const { id } of rows) ids.push(id)
    if (rows.length < slice || ids.length === most) return ids
  }
}

/** Finds customers by an index, in no order: to read a slice of them in order, all would be found and sorted each time. */
async function findFew(
  db: Db,
  filter: CustomerFilter,
  after: number,
  country: CountryCode,
): Promise<number[] | undefined> {
  const rows = await db
    .selectFrom('customers')
    .select('id')
    .where('id', '>', after)
    .where(matches(filter, country))
    .limit(SLICE + 1)
    .execute()
  return rows.length > SLICE ? undefined : rows.map(({ id }) => id).sort((a, b) => a - b)
}

/** @returns ids in ascending order, each once */
export async function findIdsByPhone(db: Db, phones: readonly string[]): Promise<number[]> {
  const ids = new Set<number>()
  for (let at = 0; at < phones.length; at += SLICE) {
    const rows = await db
      .selectFrom('customers')
      .select('id')
      .where('phone', '=', sql<string>`any(${phones.slice(at, at + SLICE)}::text[])`)
      .execute()
    for (const { id } of rows) ids.add(id)
  }
  return [...ids].sort((a, b) => a - b)
}

/** @returns customers with these ids, in ascending order */
export async function listByIds(db: Db, ids: readonly number[]): Promise<CustomerRow[]> {
  return db
    .selectFrom('customers')
    .selectAll()
    .where('id', '=', sql<number>`any(${ids}::int[])`)
    .orderBy('id')
    .execute()
}
