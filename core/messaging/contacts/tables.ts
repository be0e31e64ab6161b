/** Tables of customers and of what is known about them. */
import type { ColumnType, GeneratedAlways } from 'kysely'
import type { AttributeType, AttributeValues } from './attributes.ts'

type Moment = ColumnType<Date, Date | string | undefined, Date | string>
/** As in schema.ts: int8 is text. */
type BigId = string

export interface Customers {
  id: GeneratedAlways<number>
  phone: string
  first_name: string | null
  last_name: string | null
  location: string | null
  prefered_product: string | null
  created_at: Moment
  updated_at: Moment
  /** Values by the names of attributes; one that has none is absent. */
  attributes: ColumnType<AttributeValues, AttributeValues | undefined, AttributeValues>
  /** As `tags.ts` has them: in lower case, each once. */
  tags: ColumnType<string[], string[] | undefined, string[]>
  /** BCP 47 tag. */
  language: string | null
  /** Name in the IANA time zone database. */
  time_zone: string | null
  /** Suppressions of the phone, as `suppressions/flags.ts` has them; kept by triggers. */
  suppressed: ColumnType<number, never, never>
  /** Consents on each channel, as `consents/flags.ts` has them; kept by triggers. */
  consent: ColumnType<number, never, never>
}

/** Attributes that customers may have. */
export interface Attributes {
  name: string
  type: AttributeType
  description: string | null
  created_at: Moment
}

/** Differences that add up to the number of customers, kept by triggers. */
export interface CustomerCounts {
  change: BigId
}

/** A line for each import under an Idempotency-Key. */
export interface CustomerImports {
  key: string
  /** Hash of the body; null while the body is read, as is the report. */
  fingerprint: string | null
  report: ColumnType<unknown, object | undefined, object>
  created_at: Moment
  /** Last sign of life of the request that imports. */
  seen_at: Moment
}
