/** Receipts in a post of Meta. Pure. */
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { Delivery, Receipt } from '../../core/messaging/senders/hook.ts'
import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'

/**
 * `read` may come without a `delivered` before it, when the chat was open. `played` is that of a voice message. Others, such
 * as `deleted`, say nothing of the delivery.
 */
const deliveries: ReadonlyMap<unknown, Delivery> = new Map<string, Delivery>([
  ['sent', 'submitted'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'undelivered'],
])

/** @returns one, or none for a status that is not known or names no message */
export function receiptOf(status: unknown, outcomeOf: OutcomeOf): Receipt[] {
  const delivery = deliveries.get(at(status, 'status'))
  const messageId = idOf(at(status, 'biz_opaque_callback_data'))
  const providerId = idOf(at(status, 'id'))
  if (delivery === undefined || (messageId === undefined && providerId === undefined)) return []
  const receipt = { messageId, providerId, delivery, at: timeOf(at(status, 'timestamp')) }
  if (delivery !== 'undelivered') return [receipt]
  const providerCode = textOf(at(listOf(at(status, 'errors'))[0], 'code'))
  if (providerCode === undefined) return [receipt]
  const outcome = outcomeOf(providerCode)
  return [{ ...receipt, providerCode, about: outcome.kind === 'rejected' ? outcome.about : undefined }]
}

/** Seconds from here on would be after the year 5138, and are milliseconds. */
const FIRST_MS = 100_000_000_000

/** Meta writes seconds since the epoch, and milliseconds now and then; as text or as a number. */
export function timeOf(timestamp: unknown): number | undefined {
  const time = Number(textOf(timestamp) ?? Number.NaN)
  if (!Number.isFinite(time) || time <= 0) return undefined
  return time < FIRST_MS ? time * 1000 : time
}
