/**
 * Fake Africa's Talking: bulk endpoint, account, and callbacks, which are forms without a signature. Its `hookUrl` is
 * `PUBLIC_URL/hooks/{sender}/{token}`; a wrong signature is another token, a missing one none.
 *
 * `extra`: `status` of answers (200 is seen too), `senderIds` that it knows, `message` of an answer without recipients,
 * `spacedDates` for the other form of dates, `words` for answers that have a recipient's status alone.
 */
import { randomUUID } from 'node:crypto'
import { runFake } from './frame.ts'
import type { Fate, Signature } from './frame-behaviour.ts'
import type { Asked, Fake, FakeAnswer, FakeState, Posting, Result } from './frame-contract.ts'

const names: Readonly<Record<string, string>> = {
  101: 'Success',
  401: 'RiskHold',
  402: 'InvalidSenderId',
  403: 'InvalidPhoneNumber',
  404: 'UnsupportedNumberType',
  405: 'InsufficientBalance',
  406: 'UserInBlacklist',
  407: 'CouldNotRoute',
  409: 'DoNotDisturbRejection',
  500: 'InternalServerError',
  501: 'GatewayError',
  502: 'RejectedByGateway',
}

const statuses: Readonly<Record<Fate, readonly { readonly status: string; readonly code?: string }[]>> = {
  delivered: [{ status: 'Sent' }, { status: 'Success' }],
  read: [{ status: 'Sent' }, { status: 'Success' }],
  undelivered: [{ status: 'Sent' }, { status: 'Failed', code: 'DeliveryFailure' }],
  opted_out: [{ status: 'Rejected', code: 'UserInBlackList' }],
  never: [],
}

const refusedAccount: FakeAnswer = { status: 401, body: 'The supplied authentication is invalid' }

const fake: Fake = {
  read: (request, { behaviour }) => {
    if (request.method !== 'POST' || request.url.pathname !== '/version1/messaging') return undefined
    if (!request.headers.get('apikey')) return refusedAccount
    const form = new URLSearchParams(request.body)
    const missing = ['username', 'to', 'message'].find((name) => !form.get(name))
    if (missing) return { status: 400, body: `Request is missing required form field '${missing}'` }
    const from = form.get('from') ?? undefined
    const known = behaviour.extra.senderIds as string[] | undefined
    if (from && known && !known.includes(from))
      return created({ Message: 'InvalidSenderId', Recipients: [] }, behaviour)
    const text = form.get('message') ?? ''
    return { messages: (form.get('to') ?? '').split(',').map((to): Asked => ({ to, text, from, channel: 'sms' })) }
  },

  other: ({ method, url, headers }) => {
    if (method !== 'GET') return undefined
    if (!headers.get('apikey') || !url.searchParams.get('username')) return refusedAccount
    if (url.pathname === '/version1/user') return { status: 200, body: { UserData: { balance: 'KES 1785.5000' } } }
    if (url.pathname === '/version1/messaging') return { status: 200, body: { SMSMessageData: { Messages: [] } } }
    return undefined
  },

  refuse: ({ to }) => (/^\+\d{7,15}$/.test(to) ? undefined : '403'),
  newId: () => `ATXid_${randomUUID().replaceAll('-', '')}`,

  answer: (results, { behaviour }) => {
    const taken = results.filter(({ code }) => code === undefined).length
    const Message = `Sent to ${taken}/${results.length} Total Cost: KES ${(taken * 0.8).toFixed(4)}`
    const Recipients = results.map((result) => recipientOf(result, behaviour.extra.words === true))
    return created(
      results.length === 0 ? { Message: behaviour.extra.message ?? Message, Recipients } : { Message, Recipients },
      behaviour,
    )
  },

  error: (status) => {
    if (status === 401) return refusedAccount
    return status === 429 ? { status, body: { error: 'Too many requests' } } : { status, body: 'Internal Server Error' }
  },

  statuses: (fate) => statuses[fate],

  receipts: (receipts, url, { behaviour }) =>
    receipts.map(({ message, status, code }) => ({
      ...formTo(url, 'delivery', behaviour.signature, {
        id: message.id,
        status,
        phoneNumber: message.to,
        networkCode: '63902',
        retryCount: '0',
        ...(code && { failureReason: code }),
      }),
      receipts: [{ id: message.id, status }],
    })),

  inbound: ({ from, to = '', text, notice }, url, { behaviour }) => {
    if (notice) return formTo(url, 'opt-out', behaviour.signature, { senderId: to, phoneNumber: from })
    const iso = `${new Date().toISOString().slice(0, 19)}Z`
    const date = behaviour.extra.spacedDates ? iso.replace('T', ' ').replace('Z', '') : iso
    const id = randomUUID()
    return formTo(url, 'inbound', behaviour.signature, {
      date,
      from,
      id,
      linkId: randomUUID(),
      text,
      to,
      networkCode: '63902',
    })
  },
}

const created = (SMSMessageData: object, { extra }: FakeState['behaviour']): FakeAnswer => ({
  status: Number(extra.status ?? 201),
  body: { SMSMessageData },
})

function recipientOf({ message: { to: number }, code, id }: Result, words: boolean): object {
  const statusCode = Number(code ?? 101)
  const status = names[statusCode] ?? 'Failed'
  if (words) return { number, status, ...(id !== undefined && { messageId: id }) }
  if (code !== undefined) return { statusCode, number, status, cost: '0', messageId: 'None' }
  return { statusCode, number, status, cost: 'KES 0.8000', ...(id !== undefined && { messageId: id }) }
}

function formTo(url: string, what: string, signature: Signature, fields: Record<string, string>): Posting {
  const base = url.replace(/\/+$/, '')
  const known = signature === 'missing' || signature === 'wrong' ? base.replace(/\/[^/]+$/, '') : base
  const path = signature === 'wrong' ? `a-token-that-is-not-ours/${what}` : what
  return {
    url: `${known}/${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  }
}

runFake(fake)
