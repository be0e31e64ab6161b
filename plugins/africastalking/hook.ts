/**
 * Africa's Talking's callbacks: forms without a signature, to addresses that are set in its dashboard. What tells them from
 * a stranger's is the token in their path: `{token}/delivery`, `{token}/inbound` and `{token}/opt-out`.
 */
import { createHash } from 'node:crypto'
import { phoneOf } from '../../core/messaging/senders/batch.ts'
import type { OutcomeOf } from '../../core/messaging/senders/code-table.ts'
import type { SenderUse } from '../../core/messaging/senders/contract.ts'
import type { Delivery, HookAnswer, HookRequest, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import { idOf } from '../../core/messaging/senders/json.ts'
import { isSameSecret } from '../../core/messaging/senders/secret.ts'
import type { Settings } from './grant.ts'

/** Statuses of delivery reports. Others are of no account: the interim ones have grown over the years. */
const deliveries: ReadonlyMap<string, Delivery> = new Map([
  ['Sent', 'submitted'],
  ['Submitted', 'submitted'],
  ['Buffered', 'submitted'],
  ['Success', 'delivered'],
  ['Failed', 'undelivered'],
  ['Rejected', 'undelivered'],
  ['AbsentSubscriber', 'undelivered'],
  ['Expired', 'undelivered'],
])

/** Undefined for a form that lacks what it must have. */
type Read = (form: URLSearchParams) => { readonly receipts?: Receipt[]; readonly inbound?: Inbound[] } | undefined

export function africasTalkingHook(
  { outcomeOf, clock }: SenderUse<Settings>,
  hookToken: string,
): (request: HookRequest) => HookAnswer {
  const reads: ReadonlyMap<string, Read> = new Map<string, Read>([
    ['delivery', (form) => readDelivery(form, outcomeOf)],
    ['inbound', readInbound],
    ['opt-out', (form) => readOptOut(form, clock.now())],
  ])
  return ({ method, path, body }) => {
    const [token = '', ...below] = path.split('/')
    const read = reads.get(below.join('/'))
    if (!isSameSecret(hookToken, token) || !read || method !== 'POST') return { kind: 'refused', why: 'signature' }
    const posted = read(new URLSearchParams(new TextDecoder().decode(body)))
    return posted ? { kind: 'taken', receipts: [], inbound: [], ...posted } : { kind: 'refused', why: 'body' }
  }
}

function readDelivery(form: URLSearchParams, outcomeOf: OutcomeOf): ReturnType<Read> {
  const providerId = idOf(form.get('id'))
  const status = form.get('status')
  if (!providerId || !status) return undefined
  const delivery = deliveries.get(status)
  if (!delivery) return {}
  if (delivery !== 'undelivered') return { receipts: [{ providerId, delivery }] }
  // Not all networks give the reason.
  const providerCode = form.get('failureReason') || status
  const outcome = outcomeOf(providerCode)
  const about = outcome.kind === 'rejected' ? outcome.about : undefined
  return { receipts: [{ providerId, delivery, providerCode, about }] }
}

const readInbound: Read = (form) => {
  const id = idOf(form.get('id'))
  const text = form.get('text')
  if (!id || text === null) return undefined
  return { inbound: [{ id, from: phoneOf(form.get('from')), to: form.get('to') ?? undefined, text, at: timeOf(form) }] }
}

/** Two forms are in use: `2017-05-03T06:04:45Z`, and `2017-05-03 06:04:45`, which is UTC too. */
function timeOf(form: URLSearchParams): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)Z?$/.exec(form.get('date') ?? '') ?? []
  const at = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** Somebody opted out of bulk SMS at the provider. The notice has no id: notices of one day are the same one. */
function readOptOut(form: URLSearchParams, now: number): ReturnType<Read> {
  const from = phoneOf(form.get('phoneNumber'))
  if (!from) return undefined
  const to = form.get('senderId') ?? undefined
  const day = new Date(now).toISOString().slice(0, 10)
  // Hashed, so that the phone is not kept under another name.
  const id = `opt-out:${createHash('sha256').update(`${from}\n${to}\n${day}`).digest('hex')}`
  return { inbound: [{ id, from, to, text: '', intent: 'stop', at: now }] }
}
