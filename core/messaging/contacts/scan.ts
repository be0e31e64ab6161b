/** Searches that no index serves: all customers are read, a slice at a time. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import type { CountryCode } from '../text/phone.ts'
import { type CustomerFilter, filteredColumns, matches } from './filter.ts'

/** Customers that one statement reads: some 15 ms, in which the embedded database lets no other request have a turn. */
export const SLICE = 10_000

export interface Scan {
  readonly filter: CustomerFilter
  readonly country: CountryCode
  readonly order: 'oldest first' | 'newest first'
  /** Only customers whose id comes after this one in the order. */
  readonly after?: number | undefined
}

type Db = Kysely<Pick<Database, 'customers'>>

/**
 * @param most the scan ends when so many are found
 * @returns ids of the customers who fit the filter, in the order of the scan
 */
export async function scanIds(db: Db, { most, ...scan }: Scan & { readonly most: number }): Promise<number[]> {
  const results: number[] = []
  for await (const ids of readSlices(db, scan)) {
    results.push(...ids)
    if (results.length >= most) break
  }
  return results.slice(0, most)
}

/** @returns the number of all customers who fit the filter */
export async function countScanned(db: Db, filter: Pick<Scan, 'filter' | 'country'>): Promise<number> {
  let count = 0
  for await (const { length } of readSlices(db, { ...filter, order: 'oldest first' })) count += length
  return count
}

/** Yields the ids that each slice holds. */
async function* readSlices(db: Db, scan: Scan): AsyncGenerator<readonly number[], void> {
  let after = scan.after
  for (;;) {
    const { ids, last } = await readSlice(db, { ...scan, after })
    if (last === null) return
    yield ids ?? []
    after = last
  }
}

async function readSlice(db: Db, { filter, country, order, after }: Scan) {
  const [sign, direction] = order === 'oldest first' ? (['>', 'asc'] as const) : (['<', 'desc'] as const)
  return db
    .selectFrom((eb) =>
      eb
        .selectFrom('customers')
        .select(filteredColumns(filter))
        .$if(after !== undefined, (query) => query.where('id', sign, after ?? 0))
        .orderBy('id', direction)
        .limit(SLICE)
        .as('customers'),
    )
    .select(({ fn }) => [
      fn[order === 'oldest first' ? 'max' : 'min']<number | null>('customers.id').as('last'),
      fn
        .agg<number[] | null>('array_agg', ['customers.id'])
        .orderBy('customers.id', direction)
        .filterWhere((eb) => matches(filter, country)(eb as unknown as Parameters<ReturnType<typeof matches>>[0]))
        .as('ids'),
    ])
    .executeTakeFirstOrThrow()
}
