/** Outcome of a message by Vonage's answer to the call, and the code of an error (RFC 7807). */
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { meaningByStatus, outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'

export function readAnswer(answer: ProviderAnswer, outcomeOf: OutcomeOf): Outcome {
  if (answer.status < 200 || answer.status >= 300) return readRefusal(answer, outcomeOf)
  const { message_uuid: id } = Object(answer.json) as { message_uuid?: unknown }
  // Somebody answered that it went well, and Vonage would have named the message.
  return isId(id) ? { kind: 'accepted', id } : { kind: 'unknown', code: 'sender.error' }
}

/** An answer that is not 2xx: by Vonage's code where it has one, by its status where a proxy may have written it. */
export function readRefusal(answer: ProviderAnswer, outcomeOf: OutcomeOf): Outcome {
  const code = errorCode(answer.json)
  if (code === undefined) return outcomeByStatus(answer, false)
  const { status, retryAfterMs } = answer
  return outcomeOf(code, { retryAfterMs, fallback: meaningByStatus(status) })
}

/**
 * The end of `type` (`https://developer.vonage.com/api-errors/messages#1120`); webhooks of an older version have `code`, and
 * some have the number as their title.
 */
export function errorCode(error: unknown): string | undefined {
  const { type, title, code } = Object(error) as { type?: unknown; title?: unknown; code?: unknown }
  const tail = typeof type === 'string' ? /#([\w-]{1,40})$/.exec(type)?.[1] : undefined
  return tail ?? [code, title].map(String).find((text) => /^\d{1,6}$/.test(text))
}

export const isId = (id: unknown): id is string => typeof id === 'string' && /^[\w-]{1,100}$/.test(id)
