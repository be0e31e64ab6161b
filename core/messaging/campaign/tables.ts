/** Tables of what was sent lately as types. */
import type { ColumnType } from 'kysely'
import type { MessageStatus } from '../message-status.ts'

type Timestamp = ColumnType<Date, Date | string, Date | string>

/** Messages that got a final result from any worker in one span of some seconds; a span without any has no row. Old rows are deleted. */
export interface Throughput {
  /** Start of the span. */
  at: Timestamp
  /**
   * Results. The column keeps its first name, which is in no answer: to rename it beside processes of the version before
   * takes a trigger that copies each into the other, and a second migration that removes it.
   */
  settled: number
}

/** Messages that were not reached, by reason, in one span of some seconds. Only the last ones stay. */
export interface Failures {
  at: Timestamp
  campaign_id: number
  status: MessageStatus
  code: string
  count: number
}
