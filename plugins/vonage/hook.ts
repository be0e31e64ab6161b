/** Reader of Vonage's posts: statuses of messages, and SMS that people write. */
import type { SenderUse } from '../../core/messaging/senders/contract.ts'
import type { Delivery, HookAnswer, HookRequest, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import { errorCode, isId } from './answer.ts'
import { isSigned } from './signature.ts'

const deliveries: Readonly<Record<string, Delivery>> = {
  submitted: 'submitted',
  delivered: 'delivered',
  read: 'read',
  rejected: 'undelivered',
  undeliverable: 'undelivered',
}

interface Posted {
  readonly message_uuid?: unknown
  readonly status?: unknown
  readonly client_ref?: unknown
  readonly timestamp?: unknown
  readonly error?: unknown
  readonly from?: unknown
  readonly to?: unknown
  readonly text?: unknown
}

/** @param secret the account's signature secret */
export function vonageHook({ clock, outcomeOf }: Pick<SenderUse, 'clock' | 'outcomeOf'>, secret: string) {
  return ({ headers, body }: HookRequest): HookAnswer => {
    if (!isSigned({ secret, authorization: headers.get('authorization'), body, now: clock.now() }))
      return { kind: 'refused', why: 'signature' }
    const posted = parse(body)
    if (!posted || !isId(posted.message_uuid)) return { kind: 'refused', why: 'body' }
    const id = posted.message_uuid
    if (posted.status !== undefined) return { kind: 'taken', receipts: receiptsOf(id, posted, outcomeOf), inbound: [] }
    return { kind: 'taken', receipts: [], inbound: [inboundOf(id, posted)] }
  }
}

function parse(body: Uint8Array): Posted | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function receiptsOf(providerId: string, posted: Posted, outcomeOf: SenderUse['outcomeOf']): Receipt[] {
  const status = String(posted.status)
  const delivery = Object.hasOwn(deliveries, status) ? deliveries[status] : undefined
  // A status that Vonage may add one day says nothing that could be stored.
  if (!delivery) return []
  const messageId = isId(posted.client_ref) ? posted.client_ref : undefined
  const receipt = { messageId, providerId, delivery, at: timeOf(posted.timestamp) }
  if (delivery !== 'undelivered') return [receipt]
  const providerCode = errorCode(posted.error) ?? status
  const outcome = outcomeOf(providerCode)
  return [{ ...receipt, providerCode, about: 'about' in outcome ? outcome.about : undefined }]
}

const inboundOf = (id: string, { from, to, text, timestamp }: Posted): Inbound => ({
  id,
  from: /^[1-9]\d{6,14}$/.test(String(from)) ? `+${from}` : undefined,
  to: typeof to === 'string' ? to : undefined,
  text: typeof text === 'string' ? text : '',
  at: timeOf(timestamp),
})

/** An ISO 8601 time; undefined for anything else. */
function timeOf(timestamp: unknown): number | undefined {
  const ms = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}
