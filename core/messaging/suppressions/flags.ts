/**
 * Suppressions as a customer's row repeats them, `customers.suppressed`: a bit for each reason and channel, which triggers
 * keep (migration 0033). Pure.
 */
import { type Channel, channels } from '../channel.ts'
import { type SuppressedChannel, type SuppressionReason, suppressionReasons } from './tables.ts'

const bits: Readonly<Record<SuppressionReason, number>> = {
  opt_out: 1,
  complaint: 2,
  invalid: 4,
  manual: 8,
  erased: 16,
}
const places: Readonly<Record<Channel, number>> = { sms: 1, whatsapp: 32 }
/** Bits that suppressions may have. */
const ALL = 0xffff

/** Flags of one suppression. */
export const flagsOf = (channel: SuppressedChannel, reason: SuppressionReason): number =>
  bits[reason] * (channel === 'all' ? places.sms + places.whatsapp : places[channel])

/** First reason why nothing may be sent on the channel; null: none. */
export function suppressionOf(flags: number | null, channel: Channel): SuppressionReason | null {
  // First and by itself, because it is so for nearly everybody. Flags of a message hold consents above.
  if (!flags || (flags & ALL) === 0) return null
  return suppressionReasons.find((reason) => isSet(flags, channel, reason)) ?? null
}

const isSet = (flags: number, channel: Channel, reason: SuppressionReason) =>
  (flags & (bits[reason] * places[channel])) !== 0

/** All reasons, by channel: one for all channels is one for each. */
export const listSuppressed = (flags: number): { channel: Channel; reason: SuppressionReason }[] =>
  channels.flatMap((channel) =>
    suppressionReasons.filter((reason) => isSet(flags, channel, reason)).map((reason) => ({ channel, reason })),
  )
