/** Table of prices as a type. */
import type { ColumnType } from 'kysely'
import type { Channel } from '../channel.ts'

/** A price of the list that PUT /prices sets. */
export interface Prices {
  channel: Channel
  /** ISO 3166-1, two capital letters; `*`: every country without a row. */
  country: string
  /** Decimal number as text. */
  price: ColumnType<string, string, string>
  per: 'part' | 'message'
  /** ISO 4217, three capital letters. */
  currency: string
}
