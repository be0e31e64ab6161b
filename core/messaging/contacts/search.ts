/** Finding customers by name or phone, the same wherever they are looked for. */
import { type ExpressionBuilder, sql } from 'kysely'
import { holdsWords } from '../../http/search.ts'
import type { Database } from '../schema.ts'
import { type CountryCode, phonePrefixes } from '../text/phone.ts'

export type SearchedCustomers = Pick<Database, 'customers'>

/**
 * The condition that a customer is meant by `q`. What looks like a phone is looked for by the index alone; names that are
 * numbers are not worth reading all customers.
 */
export function isCalled(eb: ExpressionBuilder<SearchedCustomers, 'customers'>, q: string, country: CountryCode) {
  const prefixes = phonePrefixes(q, country)
  // One by one and not as a list: Postgres takes only a single pattern for a range of the index.
  if (prefixes.length > 0) return eb.or(prefixes.map((prefix) => eb('customers.phone', 'like', `${prefix}%`)))
  // As the index has it (migration 0010).
  const [first, last] = [eb.ref('customers.first_name'), eb.ref('customers.last_name')]
  return holdsWords(eb, sql<string>`coalesce(${first}, '') || ' ' || coalesce(${last}, '')`, q)
}
