/** Filter of a list of customers. */
import type { ExpressionBuilder } from 'kysely'
import { holdsWords } from '../../http/search.ts'
import { isBlank } from '../../text/invisible.ts'
import type { Database } from '../schema.ts'
import { type CountryCode, phonePrefixes } from '../text/phone.ts'
import { isCalled } from './search.ts'

/** Filter of a list of customers: an empty or absent field filters nothing. */
export interface CustomerFilter {
  /** A name, or a phone. */
  readonly q?: string | undefined
  readonly location?: string | undefined
  readonly prefered_product?: string | undefined
}

type Customer = ExpressionBuilder<Pick<Database, 'customers'>, 'customers'>

/** True where all customers are asked for. */
export const isUnfiltered = ({ q, location, prefered_product }: CustomerFilter): boolean =>
  isBlank(q ?? '') && !location && !prefered_product

/** True where no index narrows the search down, and all customers must be read: by place or product, or by two letters. */
export const isUnindexed = (filter: CustomerFilter, country: CountryCode): boolean =>
  !isUnfiltered(filter) && !isByPhone(filter, country) && !isByIndexedName(filter)

/** A condition on `customers`, for `where`. What is empty filters nothing. */
export const matches = (filter: CustomerFilter, country: CountryCode) => (eb: Customer) =>
  eb.and([
    ...(filter.q && !isBlank(filter.q) ? [isCalled(eb, filter.q, country)] : []),
    ...(filter.location ? [holdsWords(eb, eb.ref('location'), filter.location)] : []),
    ...(filter.prefered_product ? [holdsWords(eb, eb.ref('prefered_product'), filter.prefered_product)] : []),
  ])

/** True for a search by phone, which is a range of an index. */
export const isByPhone = ({ q = '' }: CustomerFilter, country: CountryCode): boolean =>
  phonePrefixes(q, country).length > 0

/** True where the index on names may narrow a search down: it holds runs of three letters or digits. */
export const isByIndexedName = ({ q = '' }: CustomerFilter): boolean => /[\p{L}\p{N}]{3}/u.test(q)
