/** Finding recipients by name or phone. */
import type { ExpressionBuilder, Kysely } from 'kysely'
import { isUnindexed } from '../contacts/filter.ts'
import { scanIds } from '../contacts/scan.ts'
import { isCalled, type SearchedCustomers } from '../contacts/search.ts'
import type { Database } from '../schema.ts'
import type { CountryCode } from '../text/phone.ts'

export interface RecipientSearch {
  /** Words of a name, or the beginning of a phone. */
  readonly q: string
  /** Country of phone numbers without a country code. */
  readonly country: CountryCode
}

/** Customers that can be looked up one by one in the time that an answer may take. */
const MAX_CANDIDATES = 2000

/** @returns undefined where nothing is looked for */
export const readSearch = (q: string | undefined, country: CountryCode): RecipientSearch | undefined =>
  q === undefined || q.trim() === '' ? undefined : { q, country }

/** The customers who are meant; undefined where they are too many to name. */
export async function findCandidates(
  db: Kysely<SearchedCustomers>,
  search: RecipientSearch,
): Promise<number[] | undefined> {
  const ids = await findUpTo(db, search, MAX_CANDIDATES + 1)
  return ids.length > MAX_CANDIDATES ? undefined : ids
}

async function findUpTo(db: Kysely<SearchedCustomers>, { q, country }: RecipientSearch, most: number) {
  if (isUnindexed({ q }, country)) return scanIds(db, { filter: { q }, country, order: 'newest first', most })
  const rows = await db
    .selectFrom('customers')
    .select('id')
    .where((eb) => isCalled(eb, q, country))
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

type Row = ExpressionBuilder<SearchedCustomers & { m: Database['outbound_messages'] }, 'm'>

/** The condition that the message's customer is meant. */
export function isFor(eb: Row, { q, country }: RecipientSearch) {
  return eb.exists(
    eb
      .selectFrom('customers')
      .select('customers.id')
      .whereRef('customers.id', '=', 'm.customer_id')
      .where((inner) => isCalled(inner as unknown as Parameters<typeof isCalled>[0], q, country)),
  )
}
