/**
 * Fake SMSLeopard: batches, balance, delivery reports by request, and pushed ones. The body of a push is not published: it
 * is the published report here, as JSON or, with `extra.form`, as a form. A wrong signature is another token in the path,
 * a missing one none.
 */
import { randomUUID } from 'node:crypto'
import { runFake } from './frame.ts'
import type { Fate, Signature } from './frame-behaviour.ts'
import type { Asked, Fake, FakeAnswer, FakeReceipt, Result } from './frame-contract.ts'

interface Call {
  readonly source?: unknown
  readonly message?: unknown
  readonly multi?: unknown
  readonly destination?: unknown
  readonly status_url?: unknown
  readonly status_secret?: unknown
}

const statuses: Readonly<Record<Fate, readonly { readonly status: string; readonly code?: string }[]>> = {
  delivered: [{ status: 'ACCEPTD' }, { status: 'DELIVRD' }],
  read: [{ status: 'ACCEPTD' }, { status: 'DELIVRD' }],
  undelivered: [{ status: 'ACCEPTD' }, { status: 'UNDELIV', code: 'AbsentSubscriber' }],
  opted_out: [{ status: 'REJECTD', code: 'SenderName Blacklisted' }],
  never: [],
}

const refusal = (status: number, message: string): FakeAnswer => ({
  status,
  body: { success: false, message, recipients: null },
})

const fake: Fake = {
  read: ({ method, url, headers, body }) => {
    if (method !== 'POST' || url.pathname !== '/v1/sms/send') return undefined
    if (!/^Basic \S+$/.test(headers.get('authorization') ?? '')) return refusal(401, 'unauthorized')
    const call = JSON.parse(body) as Call
    if (!call.source || !call.message) return refusal(400, 'source and message are required')
    if (call.status_url && !call.status_secret) return refusal(400, 'status_secret is required with status_url')
    if (!Array.isArray(call.destination) || call.destination.length === 0)
      return refusal(400, 'destination is required')
    return { messages: call.destination.map((one) => askedOf(one, call)) }
  },

  other: ({ method, url, headers }, { accepted }) => {
    if (method !== 'GET') return undefined
    if (!/^Basic \S+$/.test(headers.get('authorization') ?? '')) return refusal(401, 'unauthorized')
    if (url.pathname === '/v1/balance') return { status: 200, body: { balance: 512.3, currency: 'KES' } }
    const id = /^\/v1\/delivery_reports\/([^/]+)$/.exec(url.pathname)?.[1] ?? ''
    return accepted.has(id) ? { status: 201, body: { id, reason: '', status: 'DELIVRD', time: seconds() } } : undefined
  },

  refuse: ({ to }) => (/^\+\d{7,15}$/.test(to) ? undefined : 'invalid_phone'),
  newId: () => randomUUID(),

  answer: (results) => {
    const taken = results.filter(({ code }) => code === undefined).length
    if (taken === 0) return refusal(400, 'no valid recipients')
    const message = `Sent to ${taken}/${results.length}. Cost KES ${(taken * 0.9).toFixed(2)}`
    return { status: 201, body: { success: true, message, recipients: results.map(recipientOf) } }
  },

  error: (status) =>
    refusal(status, status === 401 ? 'unauthorized' : status === 429 ? 'too many requests' : 'internal server error'),

  statuses: (fate) => statuses[fate],

  receipts: (receipts, url, { behaviour: { signature, extra } }) =>
    receipts.map((receipt) => {
      const report = reportOf(receipt)
      const form = extra.form === true
      return {
        url: addressOf(url, signature),
        headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' },
        body: form
          ? new URLSearchParams(Object.entries(report).map(([name, value]) => [name, String(value)])).toString()
          : JSON.stringify(report),
        receipts: [{ id: receipt.message.id, status: receipt.status }],
      }
    }),
}

/** With `multi` each recipient has a text of their own; without, the texts of recipients are passed over. */
function askedOf(one: { readonly number?: unknown; readonly message?: unknown }, call: Call): Asked {
  const text = String(call.multi === true && one.message ? one.message : call.message)
  const callback = typeof call.status_url === 'string' ? call.status_url : undefined
  return { to: String(one.number), text, from: String(call.source), channel: 'sms', callback }
}

const recipientOf = ({ message: { to: number }, code, id }: Result) =>
  code === undefined
    ? { ...(id !== undefined && { id }), cost: 0.9, number, status: 'queued' }
    : { id: '', cost: 0, number, status: code }

const reportOf = ({ message: { id }, status, code = '' }: FakeReceipt) => ({
  id,
  reason: code,
  status,
  time: seconds(),
})

const seconds = () => Math.floor(Date.now() / 1000)

function addressOf(url: string, signature: Signature): string {
  if (signature !== 'wrong' && signature !== 'missing') return url
  const base = url.replace(/\/[^/]+$/, '')
  return signature === 'wrong' ? `${base}/a-token-that-is-not-ours` : base
}

runFake(fake)
