/**
 * All codes of the product with their explanations: what went wrong with a message, and why a campaign stands still. API,
 * console and terminal read them from here, and the types of whoever writes a code allow no other. Stable: reports and
 * people's queries rely on them. Pure: it runs in a browser too.
 */
import type { PausedReason } from '../campaign/status.ts'

export interface Explanation {
  /** One sentence for a marketer, without its full stop. */
  readonly meaning: string
  /** The next step, as a sentence like it. */
  readonly advice: string
}

interface SenderExplanation extends Explanation {
  /** Completes "SMS sending is paused because ...". */
  readonly cause: string
}

/** Codes that a sender answers with. */
const senderCodes = {
  'provider.rejected': {
    meaning: 'The provider refused the message',
    advice: 'Check the phone number and the text, then retry failed recipients',
    cause: 'the provider keeps rejecting messages',
  },
  'provider.account': {
    meaning: 'The provider turned the account away',
    advice: 'Check the account’s credentials and its balance',
    cause: 'the provider does not accept our account',
  },
  'provider.refused': {
    meaning: 'The provider refused the request',
    advice: 'Ask whoever runs this service to check the address of the provider and what the account may do there',
    cause: 'the provider refuses our requests',
  },
  'provider.throttled': {
    meaning: 'The provider asked to slow down',
    advice: 'Nothing: the message is sent as soon as the provider allows it',
    cause: 'the provider asks to slow down',
  },
  'provider.unavailable': {
    meaning: 'The provider could not serve',
    advice: 'Retry failed recipients once the provider works again',
    cause: 'the provider is unavailable',
  },
  'provider.unreachable': {
    meaning: 'The provider could not be reached',
    advice: 'Ask whoever runs this service to check the network, then retry failed recipients',
    cause: 'the provider cannot be reached',
  },
  timeout: {
    meaning: 'No answer came in time',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
    cause: 'the provider does not answer in time',
  },
  'connection.lost': {
    meaning: 'The connection broke before the answer',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
    cause: 'the connection to the provider keeps breaking',
  },
  'sender.error': {
    meaning: 'The sender failed',
    advice: 'Ask whoever runs this service to look into its log',
    cause: 'the sender keeps failing',
  },
} as const satisfies Readonly<Record<string, SenderExplanation>>
export type SenderCode = keyof typeof senderCodes

/** Codes of a message that no sender answered for. */
const dispatchCodes = {
  poisoned: {
    meaning: 'The message could not be processed: each try ended in an internal error',
    advice: 'Ask whoever runs this service to look into its log',
  },
  'lease.lost': {
    meaning: 'A process ended while it was sending the message, and the provider must not be asked twice',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
  },
  'receipt.missing': {
    meaning: 'The message may have been sent, and no receipt came in time',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
  },
  'customer.deleted': {
    meaning: 'The customer was deleted',
    advice: 'Nothing: there is nobody to send to',
  },
  'message.empty': {
    meaning: 'The text came out empty for this customer',
    advice: 'Fill in the customer’s fields, or give the placeholders fallbacks, in another campaign',
  },
  'policy.refused': {
    meaning: 'A policy of this service does not allow to write to this person',
    advice: 'Ask whoever runs this service which policy that is',
  },
  cancelled: {
    meaning: 'The campaign was cancelled',
    advice: 'Duplicate the campaign to send to these people after all',
  },
  expired: {
    meaning: 'The campaign’s time was over',
    advice: 'Duplicate the campaign with a later end to send to these people after all',
  },
} as const satisfies Readonly<Record<string, Explanation>>

/** Everything that a message's `last_error` and `history` may name. */
export const messageCodes: Readonly<Record<MessageCode, Explanation>> = { ...senderCodes, ...dispatchCodes }
export type MessageCode = SenderCode | keyof typeof dispatchCodes

/** Stands for the code of a result that has none. */
export const NO_CODE = 'none'

/** Reasons why a campaign stands still. A circuit that is open is explained by the code that opened it. */
export const waitingTexts = {
  scheduled: { meaning: 'This campaign waits for its time', advice: 'Nothing: it starts by itself' },
  paused: { meaning: 'This campaign is paused', advice: 'Resume it to go on' },
  audience_open: { meaning: 'Recipients are still being added', advice: 'Add the rest, or close the audience' },
  circuit_open: {
    meaning: 'Sending on this channel is paused because its sender fails',
    advice: 'Nothing, unless the reason names something to mend: one message is tried from time to time',
  },
  no_worker: {
    meaning: 'No running process sends messages (worker)',
    advice: 'Ask whoever runs this service to start one',
  },
  no_scheduler: {
    meaning: 'No running process starts campaigns (scheduler)',
    advice: 'Ask whoever runs this service to start one',
  },
  retry_later: {
    meaning: 'The remaining messages wait for another try',
    advice: 'Nothing: they are tried again by themselves',
  },
} as const satisfies Readonly<Record<string, Explanation>>
export type WaitingReason = keyof typeof waitingTexts
export const waitingReasons = Object.keys(waitingTexts) as readonly WaitingReason[]

/** Reasons for which a campaign was paused by itself. */
export const pausedTexts = {
  audience_open: {
    meaning: 'Paused: its recipients were never completed',
    advice: 'Add the rest, or close the audience',
  },
} as const satisfies Readonly<Record<PausedReason, Explanation>>

const isMessageCode = (code: string): code is MessageCode => Object.hasOwn(messageCodes, code)
const isSenderCode = (code: string): code is SenderCode => Object.hasOwn(senderCodes, code)

/** The explanation of a stored code: an earlier or later version may have written one that is not known here. */
export function explainCode(code: string): Explanation {
  if (isMessageCode(code)) return messageCodes[code]
  if (code === NO_CODE) return { meaning: 'No reason is known', advice: 'Ask whoever runs this service' }
  return { meaning: 'Another reason', advice: 'Ask whoever runs this service what the code stands for' }
}

/** The rest of "SMS sending is paused because ...". */
export const causeOf = (code: string): string =>
  isSenderCode(code) ? senderCodes[code].cause : `sending keeps failing (${code})`

/** All codes of messages with their meanings, for the documentation of the API. */
export const codesInWords = Object.entries(messageCodes)
  .map(([code, { meaning }]) => `\`${code}\`: ${meaning}`)
  .join('; ')
