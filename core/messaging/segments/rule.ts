/**
 * Rules of segments, as `readRule` makes them of JSON: each says of a customer that it fits or that it does not. The README
 * (Segments) defines the language.
 */
import type { Channel } from '../channel.ts'
import type { AttributeType } from '../contacts/attributes.ts'

/** Levels of rules within rules. */
export const MAX_DEPTH = 10
/** Conditions of a rule, together with those of the segments that it names. */
export const MAX_CONDITIONS = 200
/** Conditions on messages, likewise: each reads the messages of a campaign, or of all of them. */
export const MAX_ACTIVITIES = 20
/** Values of one `in`. */
export const MAX_LISTED = 1000
/** Characters of all values of a rule. */
export const MAX_CHARACTERS = 100_000
/** Characters of one value. */
export const MAX_TEXT = 200
export const MAX_DAYS = 3650

/** Columns with text for people, in which case and accents do not count. */
export const textColumns = ['first_name', 'last_name', 'location', 'prefered_product', 'language', 'time_zone'] as const
export type TextColumn = (typeof textColumns)[number]

export type TextField =
  | { readonly type: 'text'; readonly column: TextColumn }
  | { readonly type: 'text'; readonly attribute: string }

/** A value of a customer that a condition looks at. */
export type Field =
  | TextField
  | { readonly type: Exclude<AttributeType, 'text'>; readonly attribute: string }
  | { readonly type: 'phone' | 'country' | 'time' }

/** The value that a field must have. Times are UTC; days are `YYYY-MM-DD`. */
export type Test =
  | { readonly operator: 'exists' }
  | { readonly operator: 'in'; readonly values: readonly (string | number | boolean)[] }
  /** Any of them. */
  | { readonly operator: 'contains' | 'starts_with'; readonly values: readonly string[] }
  | { readonly operator: 'at_least' | 'at_most'; readonly value: number }
  | { readonly operator: 'before' | 'after'; readonly value: string }
  | { readonly operator: 'within_days'; readonly days: number }

/** Results of a recipient that a rule may ask for: statuses, and parts of `sent` by receipts, as campaigns count them. */
export const outcomes = [
  'pending',
  'sent',
  'failed',
  'skipped',
  'unknown',
  'awaiting',
  'delivered',
  'undelivered',
  'read',
] as const
export type Outcome = (typeof outcomes)[number]

/** A condition on the messages of a customer. */
export type Activity =
  | {
      readonly kind: 'campaign'
      readonly id: number
      /** Empty: any. */
      readonly outcomes: readonly Outcome[]
      readonly withinDays?: number
      /** Its place in the rule, for errors. */
      readonly path: string
    }
  | { readonly kind: 'received'; readonly withinDays: number; readonly channel?: Channel }
  | { readonly kind: 'written' }

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'field'; readonly field: Field; readonly test: Test }
  /** One of them. */
  | { readonly kind: 'tag'; readonly tags: readonly string[] }
  /** `path` is its place in the rule, for errors. */
  | { readonly kind: 'segment'; readonly id: number; readonly path: string }
  | Activity

/** A condition in which each segment is replaced by its rule. */
export type Resolved =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Resolved[] }
  | { readonly kind: 'not'; readonly of: Resolved }
  | Exclude<Condition, { readonly kind: 'all' | 'any' | 'not' | 'segment' }>
