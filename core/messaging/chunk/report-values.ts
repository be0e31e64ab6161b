/** Values and rows of the report statement, by the names that `report.sql` has for them. */
import type { MessageStatus } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'

/** An item for each chunk in each array, no chunk twice; then the messages that they report. */
export interface ReportValues extends SentValues, OtherValues, RefValues {
  readonly lease_seconds: number
  readonly chunks: readonly string[]
  readonly campaigns: readonly number[]
  readonly turns: readonly number[]
  readonly request_ids: readonly (string | null)[]
  readonly epochs: readonly number[]
  /** 1 for a chunk that may send although its sender's circuit is open. */
  readonly probes: readonly number[]
  /** The sender that each was claimed for. */
  readonly senders: readonly string[]
  /** The last message that was started. */
  readonly uptos: readonly string[]
  /** Started and not reported, without those that are wanted. */
  readonly in_flights: readonly number[]
  readonly states: readonly string[]
  /** Seconds since the epoch until which all messages of a chunk wait that is given back; null: it is due at once. */
  readonly dues: readonly (number | null)[]
  /** Number of messages that each chunk wants to start, and the last of them. */
  readonly wanted: readonly number[]
  readonly wanted_upto: readonly (string | null)[]
  /** Its share of `wanted_ids` begins after so many ids of others; null for a chunk that was claimed without limits. */
  readonly wanted_after: readonly (number | null)[]
  readonly wanted_ids: readonly string[]
  /** Cost of each of them, in units of its sender's rate. */
  readonly wanted_costs: readonly number[]
  /** The latest suppression or withdrawal that was known when they were picked; null: none is looked for. */
  readonly known: readonly (string | null)[]
}

/** An item for each message that was sent, which is nearly all of them. */
export interface SentValues {
  readonly sent_ids: readonly string[]
  /** Number of the chunk that reports the message, from 1. */
  readonly sent_of: readonly number[]
  readonly sent_refs: readonly (string | null)[]
  readonly sent_texts: readonly (string | null)[]
}

/** An item for each message with any other outcome. */
export interface OtherValues {
  readonly other_ids: readonly string[]
  readonly other_of: readonly number[]
  readonly other_statuses: readonly MessageStatus[]
  readonly other_attempts: readonly number[]
  readonly other_codes: readonly (MessageCode | null)[]
  readonly other_texts: readonly (string | null)[]
  /** Milliseconds. */
  readonly other_delays: readonly number[]
  /** Seconds since the epoch, for messages that wait for a moment of the day; null: by their delay. */
  readonly other_untils: readonly (number | null)[]
  /** Seconds: the width of the due bucket that a retry falls into; 0: at once. */
  readonly other_buckets: readonly number[]
  /** 1 for a message in doubt, which waits for a receipt. */
  readonly other_awaits: readonly number[]
  /** 1: another sender is tried first. */
  readonly other_avoids: readonly number[]
  /** 1: it may have been sent, and only the same sender can tell a repeated call. */
  readonly other_pins: readonly number[]
}

/** An item for each provider's id that receipts will name; none for senders whose receipts name our message. */
export interface RefValues {
  readonly ref_senders: readonly string[]
  readonly ref_ids: readonly string[]
  readonly ref_messages: readonly string[]
}

export interface ReportRow {
  /** Number of the chunk, from 1. */
  readonly nth: number
  /** Messages whose outcome was not known before. */
  readonly moved: number
  /** Messages that may be started now: the first so many of those that were wanted. */
  readonly permits: number
  /** Milliseconds to wait before asking again, if fewer are permitted than wanted; 0 if the chunk is to be given back. */
  readonly wait_ms: number
  /** Milliseconds from now until the first of them may start; 0 without a limit. */
  readonly start_ms: number
  /** Milliseconds that each unit of a message's cost takes, and that each message takes at least. */
  readonly gap_ms: number
  readonly step_ms: number
  /** True where a phone was suppressed, or a consent withdrawn, since the messages were picked: none is permitted before they are picked again. */
  readonly stale: boolean
}
