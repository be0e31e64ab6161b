/** Outcomes of a call's messages by SMSLeopard's answer. */
import { matchByNumber } from '../../core/messaging/senders/batch.ts'
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'
import { outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'

/** Message of a refused call all of whose numbers are invalid. */
const NOBODY = 'no valid recipients'

/**
 * A recipient's refusal rides in an answer of 201. Such an answer without the provider's own body is in doubt: a proxy may
 * have written it after the messages were taken.
 */
export function outcomesOf(
  messages: readonly OutboundMessage[],
  answer: ProviderAnswer | Outcome,
  outcomeOf: OutcomeOf,
): readonly Outcome[] {
  const all = (outcome: Outcome) => messages.map(() => outcome)
  if (answer.kind !== 'answer') return all(answer)
  const { status, json } = answer
  // `recipients` is null then.
  const isRefused = at(json, 'success') === false
  if (status === 400 && isRefused)
    return all(outcomeOf(textOf(at(json, 'message'))?.toLowerCase() === NOBODY ? NOBODY : status))
  if (status < 200 || status >= 300) return all(outcomeByStatus(answer, isRefused))
  const recipients = at(json, 'recipients')
  const doubt: Outcome = { kind: 'unknown', code: 'sender.error', providerCode: String(status) }
  if (!Array.isArray(recipients)) return all(doubt)
  return matchByNumber(messages, listOf(recipients)).map((recipient) =>
    recipient === undefined ? doubt : outcomeOfRecipient(recipient, outcomeOf),
  )
}

function outcomeOfRecipient(recipient: unknown, outcomeOf: OutcomeOf): Outcome {
  const id = idOf(at(recipient, 'id'))
  const status = textOf(at(recipient, 'status'))
  // A message that has an id was taken, whatever a status means that nobody knows; one without a status may have been.
  const fallback = id === undefined && status !== undefined ? 'rejected' : 'unknown'
  return outcomeOf(status ?? 'no status', { id, fallback })
}
