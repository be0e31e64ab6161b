/** Lists of customers: a page, or a number. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { withCustomPlans } from '../../db/custom-plans.ts'
import { offsetOf, type Page, type Total } from '../../http/page.ts'
import type { Database } from '../schema.ts'
import type { CountryCode } from '../text/phone.ts'
import type { CustomerRow } from './customers.ts'
import { type CustomerFilter, isByIndex, isByPhone, isUnfiltered, isUnindexed, matches } from './filter.ts'
import { countScanned, scanIds } from './scan.ts'

type Db = Kysely<Pick<Database, 'customers'>>
type ListDb = Kysely<Pick<Database, 'customers' | 'customer_counts'>>

export interface CustomerList {
  readonly rows: CustomerRow[]
  /** On all pages. */
  readonly total: Total
}

const byId = sql<number>`id`
/**
 * Takes the index on ids out of consideration. Where Postgres expects more customers of that phone or short name than
 * there are, it would read all customers from the newest on to fill a page.
 */
const bySorting = sql<number>`id + 0`

/** Newest first. */
export async function listCustomers(
  db: ListDb,
  page: Page,
  filter: CustomerFilter,
  country: CountryCode,
): Promise<CustomerList> {
  if (isUnindexed(filter, country)) return scanList(db, page, filter, country)
  const condition = matches(filter, country)
  const isSorted = ({ more }: Total) => isByPhone(filter, country) || (!more && isByIndex(filter))
  /** Pages before it are skipped by their ids, for which an index is enough: rows with many attributes are wide. */
  const listRows = (within: Db, order: RawBuilder<number>) => {
    const onPage = within
      .selectFrom('customers')
      .select('id')
      .where(condition)
      .orderBy(order, 'desc')
      .limit(page.page_size)
      .offset(offsetOf(page))
    return within.selectFrom('customers').selectAll().where('id', 'in', onPage).orderBy('id', 'desc').execute()
  }
  if (isUnfiltered(filter)) return { total: { count: await countAll(db) }, rows: await listRows(db, byId) }
  return withCustomPlans(db.$pickTables<'customers'>(), async (trx) => {
    const total = await countUpTo(trx, condition)
    return { total, rows: await listRows(trx, isSorted(total) ? bySorting : byId) }
  })
}

/** Exact number of customers that fit the filter, however long it takes to count them. */
export async function countCustomers(db: ListDb, filter: CustomerFilter, country: CountryCode): Promise<number> {
  if (isUnfiltered(filter)) return countAll(db)
  const few = isUnindexed(filter, country) ? undefined : await countUpTo(db, matches(filter, country))
  return few && !few.more ? few.count : countScanned(db, { filter, country })
}

/** Kept by triggers (migration 0013): counting a million rows takes a fifth of a second. */
async function countAll(db: ListDb): Promise<number> {
  const { count } = await db
    .selectFrom('customer_counts')
    .select(sql<string>`coalesce(sum(change), 0)`.as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** A list counts no further than this: nobody leafs through more pages, and a common name takes seconds to count. */
export const MOST_COUNTED = 10_000

async function scanList(db: ListDb, page: Page, filter: CustomerFilter, country: CountryCode): Promise<CustomerList> {
  const [from, to] = [offsetOf(page), offsetOf(page) + page.page_size]
  const most = Math.max(MOST_COUNTED + 1, to)
  const ids = await scanIds(db, { filter, country, order: 'newest first', most })
  const pageIds = ids.slice(from, to)
  const rows = db.selectFrom('customers').selectAll().where('id', 'in', pageIds).orderBy('id', 'desc')
  return { total: totalOf(ids.length), rows: pageIds.length === 0 ? [] : await rows.execute() }
}

const totalOf = (count: number): Total => (count > MOST_COUNTED ? { count: MOST_COUNTED, more: true } : { count })

async function countUpTo(db: Db, condition: ReturnType<typeof matches>): Promise<Total> {
  const { count } = await db
    .selectFrom(
      db
        .selectFrom('customers')
        // No column: the index on phones is then enough.
        .select(sql.lit(1).as('one'))
        .where(condition)
        .limit(MOST_COUNTED + 1)
        .as('found'),
    )
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return totalOf(Number(count))
}
