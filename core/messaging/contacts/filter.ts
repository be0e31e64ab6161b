/** Filter of a list of customers. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { holdsWords } from '../../http/search.ts'
import { isBlank } from '../../text/invisible.ts'
import type { Database } from '../schema.ts'
import { type CountryCode, phonePrefixes } from '../text/phone.ts'
import type { AttributeValue } from './attributes.ts'
import { isCalled } from './search.ts'

/** Filter of a list of customers: an empty or absent field filters nothing. */
export interface CustomerFilter {
  /** A name, or a phone. */
  readonly q?: string | undefined
  readonly location?: string | undefined
  readonly prefered_product?: string | undefined
  /** As `tagOf` writes it. */
  readonly tag?: string | undefined
  /** An attribute by its name, and the value that it must have. */
  readonly attribute?: { readonly name: string; readonly value: AttributeValue } | undefined
}

type Customer = ExpressionBuilder<Pick<Database, 'customers'>, 'customers'>

/** True where all customers are asked for. */
export const isUnfiltered = ({ q, location, prefered_product, tag, attribute }: CustomerFilter): boolean =>
  isBlank(q ?? '') && !location && !prefered_product && !tag && !attribute

/** True where no index narrows the search down, and all customers must be read: by place, product or attribute, or by two letters. */
export const isUnindexed = (filter: CustomerFilter, country: CountryCode): boolean =>
  !isUnfiltered(filter) && !isByPhone(filter, country) && !isByIndex(filter)

/** A condition on `customers`, for `where`. What is empty filters nothing. */
export const matches = (filter: CustomerFilter, country: CountryCode) => (eb: Customer) =>
  eb.and([
    ...(filter.q && !isBlank(filter.q) ? [isCalled(eb, filter.q, country)] : []),
    ...(filter.location ? [holdsWords(eb, eb.ref('location'), filter.location)] : []),
    ...(filter.prefered_product ? [holdsWords(eb, eb.ref('prefered_product'), filter.prefered_product)] : []),
    ...(filter.tag ? [hasTag(eb.ref('customers.tags'), filter.tag)] : []),
    ...(filter.attribute
      ? [sql<SqlBool>`${eb.ref('customers.attributes')} @> ${valuesOf(filter.attribute)}::jsonb`]
      : []),
  ])

/** The index on tags holds only customers who have some. */
const hasTag = (tags: Expression<string[]>, tag: string) =>
  sql<SqlBool>`(${tags} <> '{}' and ${tags} @> ${[tag]}::text[])`

const valuesOf = ({ name, value }: NonNullable<CustomerFilter['attribute']>) => ({ [name]: value })

/** True for a search by phone, which is a range of an index. */
export const isByPhone = ({ q = '' }: CustomerFilter, country: CountryCode): boolean =>
  phonePrefixes(q, country).length > 0

/** True where an index that gives no order may narrow a search down: that on names holds runs of three letters or digits. */
export const isByIndex = ({ q = '', tag }: CustomerFilter): boolean => Boolean(tag) || /[\p{L}\p{N}]{3}/u.test(q)

/** Columns that the conditions of a filter look at. */
export const filteredColumns = ({ tag, attribute }: CustomerFilter) => [
  ...(['id', 'first_name', 'last_name', 'phone', 'location', 'prefered_product'] as const),
  ...(tag ? (['tags'] as const) : []),
  ...(attribute ? (['attributes'] as const) : []),
]
