/**
 * All codes of the product with their explanations: errors of messages, and reasons why a campaign waits. API, console and
 * terminal read them from here, and the types allow no other code to be stored. Stable: reports and users' queries rely on
 * them. Pure: it runs in a browser too.
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
    meaning: 'The provider rejected our account',
    advice: 'Check the credentials and the balance of the account',
    cause: 'the provider rejects our account',
  },
  'provider.refused': {
    meaning: 'The provider refused the request',
    advice: 'Ask your administrator to check the provider’s address and the permissions of the account',
    cause: 'the provider refuses our requests',
  },
  'provider.throttled': {
    meaning: 'The provider asked us to slow down',
    advice: 'No action needed: the message is sent as soon as the provider allows it',
    cause: 'the provider asks us to slow down',
  },
  'provider.unavailable': {
    meaning: 'The provider was unavailable',
    advice: 'Retry failed recipients once the provider is available again',
    cause: 'the provider is unavailable',
  },
  'provider.unreachable': {
    meaning: 'The provider could not be reached',
    advice: 'Ask your administrator to check the network, then retry failed recipients',
    cause: 'the provider cannot be reached',
  },
  'number.invalid': {
    meaning: 'The phone number cannot receive messages on this channel',
    advice: 'Correct the customer’s phone number, or use another channel',
    cause: 'the provider rejects the phone numbers as invalid',
  },
  'recipient.opted_out': {
    meaning: 'The person has opted out of messages from this sender',
    advice: 'Do not send messages to this person on this channel any more',
    cause: 'the provider reports that people have opted out',
  },
  'recipient.limited': {
    meaning: 'The provider limits messages to this person for now',
    advice: 'No action needed: the message is retried later, and fails if it cannot be sent in time',
    cause: 'the provider limits messages per person',
  },
  'content.refused': {
    meaning: 'The provider refused the text, the template or the sender name',
    advice: 'Have the template approved and retry failed recipients, or send another campaign with a corrected text',
    cause: 'the provider refuses the content',
  },
  timeout: {
    meaning: 'The provider did not answer in time',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
    cause: 'the provider does not answer in time',
  },
  'connection.lost': {
    meaning: 'The connection broke before the provider answered',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
    cause: 'the connection to the provider keeps breaking',
  },
  'sender.error': {
    meaning: 'The sender failed',
    advice: 'Ask your administrator to check the log',
    cause: 'the sender keeps failing',
  },
} as const satisfies Readonly<Record<string, SenderExplanation>>
export type SenderCode = keyof typeof senderCodes

/** Codes of a message that come from the service itself. */
const dispatchCodes = {
  poisoned: {
    meaning: 'The message caused an internal error on every attempt',
    advice: 'Ask your administrator to check the log',
  },
  'lease.lost': {
    meaning: 'Sending was interrupted: the message may or may not have been sent',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
  },
  'receipt.missing': {
    meaning: 'The message may have been sent, and no receipt came in time',
    advice: 'Ask the provider whether the message arrived, then resolve unknown messages',
  },
  'customer.deleted': {
    meaning: 'The customer was deleted',
    advice: 'No action needed',
  },
  'customer.erased': {
    meaning: 'The person asked to be erased',
    advice: 'No action needed',
  },
  'suppressed.opt_out': {
    meaning: 'The person has opted out',
    advice: 'No action needed: lift the suppression only if the person asks for messages again',
  },
  'suppressed.complaint': {
    meaning: 'The person has complained about messages',
    advice: 'No action needed: lift the suppression only if the person asks for messages again',
  },
  'suppressed.manual': {
    meaning: 'The phone number was suppressed by hand',
    advice: 'Lift the suppression to send messages to this number again',
  },
  'suppressed.invalid': {
    meaning: 'A provider has reported that the phone number cannot receive messages on this channel',
    advice: 'Correct the customer’s phone number, or lift the suppression if it works again',
  },
  'consent.withdrawn': {
    meaning: 'The person has withdrawn their consent to marketing',
    advice: 'No action needed: record a new consent only if the person gives one',
  },
  'consent.missing': {
    meaning: 'The person has not consented to marketing on this channel, and CONSENT=required asks for it',
    advice: 'Ask the person, and record their consent',
  },
  'message.empty': {
    meaning: 'The text was empty for this customer',
    advice: 'Complete the customer’s details, or add fallbacks to the placeholders, and send another campaign',
  },
  'template.empty_value': {
    meaning: 'A placeholder of the WhatsApp template had no value for this customer',
    advice: 'Complete the customer’s details, or add fallbacks to the parameters, and send another campaign',
  },
  'window.closed': {
    meaning: 'The person has not written within the last 24 hours, after which WhatsApp takes approved templates only',
    advice: 'Send another campaign with an approved template',
  },
  'policy.refused': {
    meaning: 'A sending policy does not allow messages to this person',
    advice: 'Ask your administrator about the policy',
  },
  capped: {
    meaning: 'The person has had as many marketing messages as the caps allow',
    advice: 'No action needed: send to this person again later, or change the caps in the policies',
  },
  cancelled: {
    meaning: 'The campaign was cancelled',
    advice: 'Duplicate the campaign to send to these people',
  },
  expired: {
    meaning: 'The campaign stopped sending before this message',
    advice: 'Duplicate the campaign with a later end to send to these people',
  },
} as const satisfies Readonly<Record<string, Explanation>>

/** Everything that a message's `last_error` and `history` may name. */
export const messageCodes: Readonly<Record<MessageCode, Explanation>> = { ...senderCodes, ...dispatchCodes }
export type MessageCode = SenderCode | keyof typeof dispatchCodes

/** Stored as the code of a result that has none. */
export const NO_CODE = 'none'

/** Reasons why a campaign waits. An open circuit is explained by the code that opened it. */
export const waitingTexts = {
  scheduled: { meaning: 'This campaign is scheduled', advice: 'No action needed: it starts by itself' },
  paused: { meaning: 'This campaign is paused', advice: 'Resume it to continue sending' },
  audience_open: {
    meaning: 'Recipients are still being added',
    advice: 'Add the rest, or confirm that there are no more',
  },
  queueing: {
    meaning: 'Recipients are being selected',
    advice: 'No action needed: it completes by itself',
  },
  circuit_open: {
    meaning: 'Sending on this channel is paused because its sender fails',
    advice: 'Fix the cause, if it is yours: one message is tried from time to time, and sending resumes by itself',
  },
  sender_paused: {
    meaning: 'Sending on this channel was paused by hand',
    advice: 'Resume a sender of this channel',
  },
  no_sender: {
    meaning: 'No sender is set up for this channel',
    advice: 'Ask your administrator to add one',
  },
  no_worker: {
    meaning: 'Messages cannot be sent: no worker is running',
    advice: 'Ask your administrator to start a worker',
  },
  no_scheduler: {
    meaning: 'Campaigns cannot start: no scheduler is running',
    advice: 'Ask your administrator to start a scheduler',
  },
  receipts: {
    meaning: 'The provider has yet to report whether it took the remaining messages',
    advice: 'No action needed: without a report in time they are shown as unknown',
  },
  quiet_hours: {
    meaning: 'The remaining recipients have quiet hours now',
    advice: 'No action needed: each message is sent when the quiet hours of its recipient end',
  },
  retry_later: {
    meaning: 'The remaining messages will be retried',
    advice: 'No action needed: they are retried by themselves',
  },
} as const satisfies Readonly<Record<string, Explanation>>
export type WaitingReason = keyof typeof waitingTexts
export const waitingReasons = Object.keys(waitingTexts) as readonly WaitingReason[]

/** Reasons why the service itself paused a campaign. */
export const pausedTexts = {
  audience_open: {
    meaning: 'Paused because adding recipients was not finished',
    advice: 'Add the rest, or confirm that there are no more',
  },
  content_refused: {
    meaning: 'Paused because the provider refuses the text, the template or the sender name',
    advice: 'Have it approved by the provider and resume, or cancel the campaign and send a corrected text',
  },
  audience_unusable: {
    meaning: 'Paused because the rules of its audience cannot be used any more',
    advice: 'Correct the segment, or declare the attribute again, and resume it',
  },
} as const satisfies Readonly<Record<PausedReason, Explanation>>

const isMessageCode = (code: string): code is MessageCode => Object.hasOwn(messageCodes, code)
const isSenderCode = (code: string): code is SenderCode => Object.hasOwn(senderCodes, code)

/** The explanation of a stored code: an earlier or later version may have written one that is not known here. */
export function explainCode(code: string): Explanation {
  if (isMessageCode(code)) return messageCodes[code]
  if (code === NO_CODE) return { meaning: 'The reason is unknown', advice: 'Ask your administrator' }
  return { meaning: 'Another reason', advice: 'Ask your administrator about this code' }
}

/** The rest of "SMS sending is paused because ...". */
export const causeOf = (code: string): string =>
  isSenderCode(code) ? senderCodes[code].cause : `sending keeps failing (${code})`

/** All codes of messages with their meanings, for the API's documentation. */
export const codesInWords = Object.entries(messageCodes)
  .map(([code, { meaning }]) => `\`${code}\`: ${meaning}`)
  .join('; ')

const timeWords: Readonly<Record<string, string>> = {
  paused: 'Since',
  scheduled: 'Starts',
  quiet_hours: 'The first until',
}

/** Words before the time of a reason why a campaign waits. */
export const wordBeforeTime = (reason: string): string => timeWords[reason] ?? 'Next attempt'
