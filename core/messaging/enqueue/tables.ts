/** Tables of selections as types. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Resolved } from '../segments/rule.ts'
import type { AudienceSpec } from './audience-spec.ts'

type Moment = ColumnType<Date, Date | string | undefined, Date | string>
type MaybeMoment = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>

/** An audience that is given by segments and rules. */
export interface Selections {
  id: GeneratedAlways<number>
  campaign_id: number
  /** As it was asked for. */
  audience: ColumnType<AudienceSpec, AudienceSpec, never>
  /** Condition that its customers fit, with the rules of its segments as they were then; null before it is evaluated. */
  conditions: ColumnType<Resolved | null, Resolved | null | undefined, Resolved>
  /** Day from which its days count, in UTC: `YYYY-MM-DD`. */
  evaluated_on: ColumnType<string | null, string | null | undefined, string>
  /** Customers up to this id are queued. */
  after_id: Generated<number>
  /** The last customer when it was evaluated: those who come later are not selected. */
  last_id: ColumnType<number | null, number | null | undefined, number>
  /** Ids that the next step looks at, at most. */
  span: Generated<number>
  /** Recipients that it added. */
  queued: Generated<number>
  /** Id of the request, which workers name in the log lines of the chunks. */
  request_id: string | null
  created_at: Moment
  /** Time of its last step; null before the first. */
  stepped_at: MaybeMoment
  /** Time at which it was finished, or given up because its campaign was over. */
  done_at: MaybeMoment
}

/** Segments that a selection names, until it is evaluated. */
export interface SelectionSegments {
  selection_id: number
  segment_id: number
}
