/** Outcomes of a call's messages by Africa's Talking's answer. */
import { matchByNumber } from '../../core/messaging/senders/batch.ts'
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'
import { outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'

/** "Do not disturb": code of a recipient, and status of an answer. */
const DO_NOT_DISTURB = 409

/**
 * A recipient's refusal rides in an answer of 200 or 201. Such an answer without the provider's own body is in doubt: a
 * proxy may have written it after the messages were taken.
 */
export function outcomesOf(
  messages: readonly OutboundMessage[],
  answer: ProviderAnswer | Outcome,
  outcomeOf: OutcomeOf,
  nowMs: number,
): readonly Outcome[] {
  const all = (outcome: Outcome) => messages.map(() => outcome)
  if (answer.kind !== 'answer') return all(answer)
  const { status, json } = answer
  if (status === DO_NOT_DISTURB) return all(outcomeOf(status, { retryAfterMs: untilLagosMorning(nowMs) }))
  if (status < 200 || status >= 300) return all(outcomeByStatus(answer, textOf(at(json, 'error')) !== undefined))
  const recipients = at(json, 'SMSMessageData', 'Recipients')
  const doubt: Outcome = { kind: 'unknown', code: 'sender.error', providerCode: String(status) }
  if (!Array.isArray(recipients)) return all(doubt)
  if (recipients.length === 0)
    return all(outcomeOf(wordOf(at(json, 'SMSMessageData', 'Message')), { fallback: 'stop_content' }))
  return matchByNumber(messages, listOf(recipients)).map((recipient) =>
    recipient === undefined ? doubt : outcomeOfRecipient(recipient, outcomeOf, nowMs),
  )
}

/** The reason of an answer without recipients; a sentence is no code, and might repeat what it is about. */
const wordOf = (message: unknown) => /^[A-Za-z]{1,60}$/.exec(textOf(message) ?? '')?.[0] ?? 'EmptyRecipients'

function outcomeOfRecipient(recipient: unknown, outcomeOf: OutcomeOf, nowMs: number): Outcome {
  const code = textOf(at(recipient, 'statusCode')) ?? textOf(at(recipient, 'status'))
  const named = idOf(at(recipient, 'messageId'))
  // A refused recipient has the id "None".
  const id = named === 'None' ? undefined : named
  return outcomeOf(code ?? 'no status', {
    id,
    retryAfterMs: code === String(DO_NOT_DISTURB) ? untilLagosMorning(nowMs) : undefined,
    // A message that has an id was taken, whatever a code means that nobody knows; one without a code may have been.
    fallback: id === undefined && code !== undefined ? 'rejected' : 'unknown',
  })
}

const DAY_MS = 24 * 3_600_000
/** 08:00 in Lagos, which is always an hour ahead of UTC: promotions are let through from then on. */
const LAGOS_MORNING_MS = 7 * 3_600_000

/** @returns milliseconds to the next opening */
export function untilLagosMorning(nowMs: number): number {
  return DAY_MS - ((nowMs - LAGOS_MORNING_MS) % DAY_MS)
}
