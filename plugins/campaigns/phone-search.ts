/** Finding recipients by the beginning of their phone. */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { AppError } from '../../core/errors.ts'
import { isBlank } from '../../core/invisible.ts'
import { type CountryCode, phonePrefixes } from '../../core/phone.ts'

/** What a phone may begin with, in E.164. */
export type PhoneSearch = readonly string[]

/** So many customers can be looked up one by one in the time that an answer may take. */
const MAX_CANDIDATES = 2000

/** @throws AppError INVALID_REQUEST when `q` is not the beginning of a phone */
export function readPhoneSearch(q: string | undefined, country: CountryCode): PhoneSearch | undefined {
  if (q === undefined || isBlank(q)) return undefined
  const prefixes = phonePrefixes(q, country)
  if (prefixes.length > 0) return prefixes
  const message = 'query.q must be a phone number or its beginning, of at least 3 digits'
  throw new AppError('INVALID_REQUEST', message, [{ path: 'query.q', message }])
}

type Customers = { readonly customers: Pick<Database['customers'], 'id' | 'phone'> }

const patterns = (phone: PhoneSearch) => sql<string>`any(${phone.map((prefix) => `${prefix}%`)}::text[])`

/** The customers with such a phone; undefined where they are too many to name. */
export async function findCandidates(db: Kysely<Customers>, phone: PhoneSearch): Promise<number[] | undefined> {
  const found = await db
    .selectFrom('customers')
    .select('id')
    // One by one and not as a list: Postgres takes only a single pattern for a range of the index.
    .where((eb) => eb.or(phone.map((prefix) => eb('phone', 'like', `${prefix}%`))))
    .limit(MAX_CANDIDATES + 1)
    .execute()
  return found.length > MAX_CANDIDATES ? undefined : found.map(({ id }) => id)
}

/** Whether the message's customer has such a phone. */
export function hasPhone(
  eb: ExpressionBuilder<Customers & { m: Database['outbound_messages'] }, 'm'>,
  phone: PhoneSearch,
) {
  return eb.exists(
    eb
      .selectFrom('customers as s')
      .select('s.id')
      .whereRef('s.id', '=', 'm.customer_id')
      .where('s.phone', 'like', patterns(phone)),
  )
}
