/** Which customers a list is about. */
import { type ExpressionBuilder, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { holdsWords } from '../../core/http/search.ts'
import { isBlank } from '../../core/invisible.ts'
import { type CountryCode, phonePrefixes } from '../../core/phone.ts'
import type { CustomerFilter } from './schema.ts'

type Customer = ExpressionBuilder<Pick<Database, 'customers'>, 'customers'>

/** A condition on `customers`, for `where`. What is empty filters nothing. */
export const matches = (filter: CustomerFilter, country: CountryCode) => (eb: Customer) =>
  eb.and([
    ...(filter.q && !isBlank(filter.q) ? [isNamed(eb, filter.q, country)] : []),
    ...(filter.location ? [holdsWords(eb, eb.ref('location'), filter.location)] : []),
    ...(filter.prefered_product ? [holdsWords(eb, eb.ref('prefered_product'), filter.prefered_product)] : []),
  ])

/** Whether customers are looked for by phone, which is a range of an index. */
export const isByPhone = ({ q = '' }: CustomerFilter, country: CountryCode): boolean =>
  phonePrefixes(q, country).length > 0

/** What looks like a phone is looked for by the index alone; names that are numbers are not worth reading them all. */
function isNamed(eb: Customer, q: string, country: CountryCode) {
  const prefixes = phonePrefixes(q, country)
  if (prefixes.length > 0) return eb.or(prefixes.map((prefix) => eb('phone', 'like', `${prefix}%`)))
  // As the index has it (migration 0010).
  return holdsWords(
    eb,
    sql<string>`coalesce(${eb.ref('first_name')}, '') || ' ' || coalesce(${eb.ref('last_name')}, '')`,
    q,
  )
}
