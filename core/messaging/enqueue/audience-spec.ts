/** Audience as it is asked for by segments and rules. Pure. */
import type { StoredRule } from '../segments/tables.ts'

/** Segments, or campaigns, that one list of an audience may name. */
export const MAX_NAMED = 20

/** Customers who are in one of these segments or fit the rule, or all of them, without those who are excluded. */
export interface AudienceSpec {
  readonly everyone?: boolean
  readonly segment_ids?: readonly number[]
  readonly rules?: StoredRule
  readonly exclude?: {
    readonly segment_ids?: readonly number[]
    readonly rules?: StoredRule
    /** Recipients of these campaigns, whatever became of their messages. */
    readonly campaign_ids?: readonly number[]
  }
}
