/**
 * Receipts and messages from people that a gateway posts, many at once, as signed JSON; README.md describes the form. A post
 * with one entry that cannot be read is refused as a whole, for whoever writes the adapter to see.
 */
import type { Clock } from '../../core/clock.ts'
import type { HookAnswer, HookRequest, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import { at, idOf, parseBytes, textOf } from '../../core/messaging/senders/json.ts'
import { isSigned } from './signature.ts'

const deliveries = ['submitted', 'delivered', 'undelivered', 'read'] as const
const subjects = ['message', 'number', 'opt_out', 'content'] as const
const intents = ['stop', 'start', 'help'] as const

export function gatewayHook(secret: string, clock: Clock): (request: HookRequest) => HookAnswer {
  return (request) => {
    if (request.method !== 'POST' || !isSigned(request, secret, clock.now()))
      return { kind: 'refused', why: 'signature' }
    const body = parseBytes(request.body)
    const receipts = readAll(at(body, 'receipts'), readReceipt)
    const inbound = readAll(at(body, 'inbound'), readInbound)
    const isEmpty = at(body, 'receipts') === undefined && at(body, 'inbound') === undefined
    if (!receipts || !inbound || isEmpty) return { kind: 'refused', why: 'body' }
    return { kind: 'taken', receipts, inbound }
  }
}

/** Undefined when one entry cannot be read; an absent list is empty. */
function readAll<T>(list: unknown, read: (entry: unknown) => T | undefined): T[] | undefined {
  if (list === undefined) return []
  if (!Array.isArray(list)) return undefined
  const entries = list.map(read).filter((entry) => entry !== undefined)
  return entries.length === list.length ? entries : undefined
}

function readReceipt(entry: unknown): Receipt | undefined {
  const messageId = /^[1-9]\d{0,17}$/.exec(textOf(at(entry, 'message_id')) ?? '')?.[0]
  const providerId = idOf(at(entry, 'id'))
  const delivery = deliveries.find((one) => one === at(entry, 'delivery'))
  if ((!messageId && !providerId) || !delivery) return undefined
  if (delivery !== 'undelivered') return { messageId, providerId, delivery, at: timeOf(entry) }
  const about = subjects.find((one) => one === at(entry, 'about'))
  return { messageId, providerId, delivery, providerCode: idOf(at(entry, 'code')), about, at: timeOf(entry) }
}

function readInbound(entry: unknown): Inbound | undefined {
  const id = idOf(at(entry, 'id'))
  const text = at(entry, 'text')
  const from = at(entry, 'from')
  if (!id || typeof text !== 'string') return undefined
  if (from !== undefined && !(typeof from === 'string' && /^\+[1-9]\d{6,14}$/.test(from))) return undefined
  const intent = intents.find((one) => one === at(entry, 'intent'))
  return { id, from, to: idOf(at(entry, 'to')), text, intent, at: timeOf(entry) }
}

/** ISO 8601; a time that cannot be read counts as not given. */
function timeOf(entry: unknown): number | undefined {
  const ms = Date.parse(textOf(at(entry, 'at')) ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
