/** Caps as a person would count them, one message after another. */
import type { Channel } from '../../core/messaging/channel.ts'
import type { PolicyDocument } from '../../core/messaging/policy/tables.ts'

export interface Permit {
  /** Milliseconds. */
  readonly at: number
  readonly channel: Channel
}

const HOUR = 3_600_000

/** @param earlier the messages to the person that count */
export function allowedByModel(
  { caps = [], min_gap_hours = null }: PolicyDocument,
  earlier: readonly Permit[],
  next: Permit,
): boolean {
  const isNear = ({ at }: Permit, hours: number) => next.at - at < hours * HOUR
  if (min_gap_hours !== null && earlier.some((one) => isNear(one, min_gap_hours))) return false
  return caps.every(({ messages, days, channel }) => {
    if (channel !== undefined && channel !== next.channel) return true
    const counted = earlier.filter(
      (one) => isNear(one, 24 * days) && (channel === undefined || one.channel === channel),
    )
    return counted.length < messages
  })
}
