/** Answers of `POST /sms/3/messages`: a status for each message, within an answer of 200. */

import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import { meaningByStatus, outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'
import type { InfobipUse } from './grant.ts'

/** Groups of statuses that mean "taken": OK, PENDING, DELIVERED. */
const takenGroups: ReadonlySet<unknown> = new Set([0, 1, 3])

/** REJECTED_DUPLICATE_MESSAGE_ID: an earlier call brought a message with this id. */
export const DUPLICATE = 'status-23'

export interface Answered {
  readonly outcome: Outcome
  readonly duplicate: boolean
}

/** @returns what became of each message, by the id that it was given; undefined where the answer says nothing of messages */
export function readAnswer(
  use: InfobipUse,
  { status, json }: ProviderAnswer,
): ReadonlyMap<string, Answered> | undefined {
  const messages = at(json, 'messages')
  if (status < 200 || status > 299 || !Array.isArray(messages)) return undefined
  const answered = new Map<string, Answered>()
  for (const message of listOf(messages)) {
    const id = idOf(at(message, 'messageId'))
    if (id !== undefined) answered.set(id, answeredOf(use, id, message))
  }
  return answered
}

function answeredOf(use: InfobipUse, id: string, message: unknown): Answered {
  const outcome = outcomeOfStatus(use, id, at(message, 'status'))
  const segments = at(message, 'details', 'messageCount')
  const counted = typeof segments === 'number' && Number.isInteger(segments) && segments > 0
  return {
    outcome: outcome.kind === 'accepted' && counted ? { ...outcome, segments } : outcome,
    duplicate: statusCode(at(message, 'status')) === DUPLICATE,
  }
}

export const statusCode = (status: unknown): string => `status-${textOf(at(status, 'id')) ?? 'none'}`

/** @param status `{groupId, id}` of an answer or of a log */
export function outcomeOfStatus(use: InfobipUse, id: string, status: unknown): Outcome {
  const group = at(status, 'groupId')
  if (takenGroups.has(group)) return { kind: 'accepted', id }
  // A message without a group may have been taken.
  return use.outcomeOf(statusCode(status), { fallback: typeof group === 'number' ? 'rejected' : 'unknown', id })
}

/** Outcome of every message of a call that was answered as a whole. */
export function outcomeOfCall(use: InfobipUse, answer: ProviderAnswer): Outcome {
  const { status, json, retryAfterMs } = answer
  // Newer endpoints, and those from before 2024.
  const code = textOf(at(json, 'errorCode')) ?? textOf(at(json, 'requestError', 'serviceException', 'messageId'))
  if (status >= 200 && status <= 299) return { kind: 'unknown', code: 'sender.error', providerCode: String(status) }
  if (code === undefined) return outcomeByStatus(answer, false)
  return use.outcomeOf(code, { fallback: meaningByStatus(status), retryAfterMs })
}
