/** Searches that no index serves: all customers are read, a slice at a time. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import type { CountryCode } from '../text/phone.ts'
import { type CustomerFilter, matches } from './filter.ts'

/** Customers that one statement reads: some 15 ms, in which the embedded database lets no other request have a turn. */
const SLICE = 10_000

export interface Scan {
  readonly filter: CustomerFilter
  readonly country: CountryCode
  readonly order: 'oldest first' | 'newest first'
  /** Only customers whose id comes after this one in the order. */
  readonly after?: number | undefined
  /** The scan ends when so many are found. */
  readonly most: number
}

/** @returns ids of the customers who fit the filter, in the order of the scan */
export async function scanIds(db: Kysely<Pick<Database, 'customers'>>, scan: Scan): Promise<number[]> {
  const found: number[] = []
  let after = scan.after
  while (found.length < scan.most) {
    const slice = await readSlice(db, { ...scan, after })
    found.push(...(slice.ids ?? []))
    if (slice.last === null) break
    after = slice.last
  }
  return found.slice(0, scan.most)
}

async function readSlice(db: Kysely<Pick<Database, 'customers'>>, { filter, country, order, after }: Scan) {
  const [sign, direction] = order === 'oldest first' ? (['>', 'asc'] as const) : (['<', 'desc'] as const)
  return db
    .selectFrom((eb) =>
      eb
        .selectFrom('customers')
        .select(['id', 'first_name', 'last_name', 'phone', 'location', 'prefered_product'])
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
