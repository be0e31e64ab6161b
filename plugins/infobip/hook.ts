/**
 * Posts of Infobip: receipts and texts of people, up to thousands at once, which differ in their fields. A header of our
 * choice, which a subscription's security profile holds, shows that they are Infobip's.
 */
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { Delivery, HookAnswer, HookRequest, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import { at, idOf, listOf, parseBytes, textOf } from '../../core/messaging/senders/json.ts'
import { isSameSecret } from '../../core/messaging/senders/secret.ts'
import { statusCode } from './answer.ts'
import type { InfobipUse } from './grant.ts'
import { ownId } from './message-id.ts'

export function infobipHook({ settings, outcomeOf }: InfobipUse) {
  return ({ method, headers, body }: HookRequest): HookAnswer => {
    if (!isSameSecret(settings.hookToken, headers.get('x-hook-token'))) return { kind: 'refused', why: 'signature' }
    const results = method === 'POST' ? at(parseBytes(body), 'results') : undefined
    if (!Array.isArray(results)) return { kind: 'refused', why: 'body' }
    return {
      kind: 'taken',
      receipts: listOf(results).flatMap((result) => receiptOf(result, settings.idPrefix, outcomeOf)),
      inbound: listOf(results).flatMap(inboundOf),
    }
  }
}

/** Groups: PENDING, UNDELIVERABLE, DELIVERED, EXPIRED, REJECTED. */
const deliveries: ReadonlyMap<unknown, Delivery> = new Map([
  [1, 'submitted'],
  [2, 'undelivered'],
  [3, 'delivered'],
  [4, 'undelivered'],
  [5, 'undelivered'],
])

/**
 * DELIVERED_TO_OPERATOR (2) is not final, though its group says so; EXPIRED_UNKNOWN (22) and EXPIRED_DLR_UNKNOWN (29) mean
 * that no operator told what became of it.
 */
const notFinal: ReadonlySet<unknown> = new Set([2, 22, 29])

function receiptOf(result: unknown, prefix: string, outcomeOf: OutcomeOf): Receipt[] {
  const status = at(result, 'status')
  const providerId = idOf(at(result, 'messageId'))
  const group = deliveries.get(at(status, 'groupId'))
  // A duplicate's own receipt says nothing of the message that was sent first.
  if (providerId === undefined || group === undefined || at(status, 'id') === 23) return []
  const delivery = notFinal.has(at(status, 'id')) ? 'submitted' : group
  const time = timeOf(at(result, 'doneAt')) ?? timeOf(at(result, 'sentAt'))
  const receipt = { messageId: ownId(prefix, providerId), providerId, delivery, at: time }
  if (delivery !== 'undelivered') return [receipt]
  const providerCode = errorCode(at(result, 'error')) ?? statusCode(status)
  const outcome = outcomeOf(providerCode)
  return [{ ...receipt, providerCode, about: outcome.kind === 'rejected' ? outcome.about : undefined }]
}

/** Undefined for NO_ERROR. */
function errorCode(error: unknown): string | undefined {
  const id = textOf(at(error, 'id'))
  return id === undefined || id === '0' ? undefined : `error-${id}`
}

function inboundOf(result: unknown): Inbound[] {
  const id = idOf(at(result, 'messageId'))
  const text = at(result, 'text') ?? at(result, 'cleanText')
  if (id === undefined || typeof text !== 'string' || at(result, 'status') !== undefined) return []
  const from = phoneOf(at(result, 'from')) ?? phoneOf(at(result, 'sender'))
  const to = textOf(at(result, 'to')) ?? textOf(at(result, 'destination'))
  return [{ id, from, to, text, at: timeOf(at(result, 'receivedAt')) }]
}

function phoneOf(number: unknown): string | undefined {
  const digits = textOf(number)?.replace(/^\+/, '')
  return digits !== undefined && /^[1-9]\d{5,14}$/.test(digits) ? `+${digits}` : undefined
}

/** `2026-11-29T02:00:00.000+0000`: the zone has no colon. */
function timeOf(text: unknown): number | undefined {
  const time = Date.parse(textOf(text)?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ?? '')
  return Number.isNaN(time) ? undefined : time
}
