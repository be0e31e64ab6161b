/** Outcome of a message by Twilio's answer to the call. */
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { meaningByStatus, outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'

export function readAnswer(answer: ProviderAnswer, outcomeOf: OutcomeOf): Outcome {
  if (answer.status < 200 || answer.status >= 300) return readRefusal(answer, outcomeOf)
  const { sid, num_segments } = Object(answer.json) as { sid?: unknown; num_segments?: unknown }
  // Somebody answered that it went well, and Twilio would have named the message.
  if (typeof sid !== 'string' || !/^(SM|MM)[0-9a-fA-F]{32}$/.test(sid)) return { kind: 'unknown', code: 'sender.error' }
  const segments = Number(num_segments)
  // "0" while a messaging service has not chosen the sender.
  return { kind: 'accepted', id: sid, ...(Number.isInteger(segments) && segments > 0 && { segments }) }
}

/** An answer that is not 2xx: by Twilio's code where it has one, by its status where a proxy may have written it. */
export function readRefusal(answer: ProviderAnswer, outcomeOf: OutcomeOf): Outcome {
  const { status, json, retryAfterMs } = answer
  const { code } = Object(json) as { code?: unknown }
  if (typeof code !== 'number') return outcomeByStatus(answer, false)
  return outcomeOf(code, { retryAfterMs, fallback: meaningByStatus(status) })
}
