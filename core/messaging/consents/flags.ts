/**
 * Consents as a customer's row repeats them, `customers.consent`: two bits for each channel, which triggers keep (migration
 * 0042). Pure.
 */
import { type Channel, channels } from '../channel.ts'
import type { ConsentChannel, ConsentStatus } from './tables.ts'

const GIVEN = 1
const WITHDRAWN = 2
const shifts: Readonly<Record<Channel, number>> = { sms: 0, whatsapp: 2 }

/** Place of the bits in the flags of a message, which hold those of suppressions below. */
export const CONSENT_SHIFT = 16

/** Bits of one status on a channel. */
export const consentBits = (channel: ConsentChannel, status: ConsentStatus): number =>
  channels
    .filter((one) => channel === 'all' || channel === one)
    .reduce((bits, one) => bits | ((status === 'given' ? GIVEN : WITHDRAWN) << shifts[one]), 0)

export type ConsentState = ConsentStatus | 'none'

/** State of a customer on each channel. */
export const consentStates = (bits: number): Readonly<Record<Channel, ConsentState>> =>
  Object.fromEntries(channels.map((channel) => [channel, stateOf(bits >> shifts[channel])])) as Record<
    Channel,
    ConsentState
  >

const stateOf = (bits: number): ConsentState =>
  (bits & WITHDRAWN) !== 0 ? 'withdrawn' : (bits & GIVEN) !== 0 ? 'given' : 'none'

/** Reasons of consent for which marketing is not sent. */
export type ConsentRefusal = 'missing' | 'withdrawn'

/**
 * Why nobody may send marketing on the channel; null: they may.
 * @param flags of the message: a withdrawal that came after a consent was read holds beside it
 */
export function refusedConsent(flags: number | null, channel: Channel, isRequired: boolean): ConsentRefusal | null {
  const bits = (flags ?? 0) >> (CONSENT_SHIFT + shifts[channel])
  if ((bits & WITHDRAWN) !== 0) return 'withdrawn'
  return isRequired && (bits & GIVEN) === 0 ? 'missing' : null
}
