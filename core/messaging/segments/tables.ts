/** Tables of segments as types. */
import type { ColumnType, GeneratedAlways } from 'kysely'

type Moment = ColumnType<Date, Date | string | undefined, Date | string>

/** Rule as JSON: `readRule` says what it means. */
export type StoredRule = Readonly<Record<string, unknown>>

export interface Segments {
  id: GeneratedAlways<number>
  name: string
  rule: ColumnType<StoredRule, StoredRule, StoredRule>
  created_at: Moment
  updated_at: Moment
}

/** Segments that the rule of a segment names. */
export interface SegmentUses {
  segment_id: number
  used_id: number
}
