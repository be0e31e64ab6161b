/** Caps in the form in which the database compares them: at most so many marketing messages to a phone in so many seconds. */
import type { Channel } from '../channel.ts'
import type { PolicyDocument } from './tables.ts'

/** An item for each cap in each array, as `is_capped` (its migration) takes them. */
export interface Caps {
  readonly cap_messages: readonly number[]
  readonly cap_seconds: readonly number[]
  /** Null: messages of all channels count together. */
  readonly cap_channels: readonly (Channel | null)[]
  /** Seconds after which a message counts for none of them. */
  readonly keep: number
}

const HOUR = 3600
const DAY = 24 * HOUR

/** A least gap is a cap of one message. @returns undefined where the policies cap nothing */
export function capsOf({ caps = [], min_gap_hours = null }: PolicyDocument): Caps | undefined {
  const all = caps.map(({ messages, days, channel = null }) => ({ messages, seconds: days * DAY, channel }))
  if (min_gap_hours !== null) all.push({ messages: 1, seconds: min_gap_hours * HOUR, channel: null })
  if (all.length === 0) return undefined
  return {
    cap_messages: all.map(({ messages }) => messages),
    cap_seconds: all.map(({ seconds }) => seconds),
    cap_channels: all.map(({ channel }) => channel),
    keep: Math.max(...all.map(({ seconds }) => seconds)),
  }
}
