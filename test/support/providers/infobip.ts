/**
 * Fake Infobip: SMS of version 3 in batches, where a refusal stands inside a 200 and an id that was used before is refused
 * (23), logs of what it was asked, and reports posted by a subscription with a header.
 *
 * `extra`: `keepsRefused` when the id of a refused message is used up too, `noLogs` for a key that may not read logs,
 * `logsOf` for another phone in the logs, `badText` for a text for which the whole call is refused with 400.
 * Receipts have the ids of Infobip's statuses: `POST /_receipts [{id, status: "29"}]`; their codes are ids of errors.
 */
import { randomUUID } from 'node:crypto'
import { runFake } from './frame.ts'
import type { Asked, Fake, FakeAnswer, FakeReceipt, FakeState, Result } from './frame-contract.ts'
import { infobipAccount as account } from './infobip-account.ts'

const groups = ['OK', 'PENDING', 'UNDELIVERABLE', 'DELIVERED', 'EXPIRED', 'REJECTED']
const undeliverable = new Set([4, 9, 31])
const expired = new Set([15, 22, 29])

function statusOf(id: number) {
  const [groupId, name] = groupOf(id)
  return { groupId, groupName: groups[groupId], id, name, description: 'Something that may change' }
}

function groupOf(id: number): [number, string] {
  if (id === 3 || id === 7 || id === 26) return [1, 'PENDING_ACCEPTED']
  if (id === 2 || id === 5) return [3, id === 2 ? 'DELIVERED_TO_OPERATOR' : 'DELIVERED_TO_HANDSET']
  if (undeliverable.has(id)) return [2, 'UNDELIVERABLE_NOT_DELIVERED']
  return expired.has(id) ? [4, 'EXPIRED_DLR_UNKNOWN'] : [5, 'REJECTED_SOMETHING']
}

/** Refused messages by their ids: the frame keeps those that were taken. */
const refused = new Map<string, { readonly to: string; readonly statusId: number }>()

const isKnown = (headers: Headers) => headers.get('authorization') === `App ${account.apiKey}`
const failure = (status: number, violation?: string): FakeAnswer => ({
  status,
  body: {
    errorCode: `E${status}`,
    description: 'Something that may change',
    action: 'Check the request',
    violations: violation ? [{ property: violation, violation: 'must be right' }] : [],
    resources: [],
  },
})

interface Call {
  readonly messages: readonly {
    readonly sender?: string
    readonly destinations: readonly { readonly to: string; readonly messageId?: string }[]
    readonly content: { readonly text?: string }
  }[]
}

function readCall(body: string, { behaviour }: FakeState): { readonly messages: readonly Asked[] } | FakeAnswer {
  let call: Call
  try {
    call = JSON.parse(body)
  } catch {
    return failure(400)
  }
  const messages: Asked[] = []
  for (const [nth, { sender, destinations, content }] of (call.messages ?? []).entries()) {
    const text = content?.text
    if (!text || text === behaviour.extra.badText) return failure(400, `messages[${nth}].content.text`)
    for (const { to, messageId } of destinations ?? []) {
      if (!to || to.length > 64) return failure(400, `messages[${nth}].destinations[0].to`)
      if (messageId && messageId.length > 200) return failure(400, `messages[${nth}].destinations[0].messageId`)
      messages.push({ to: `+${to.replace(/^\+/, '')}`, text, from: sender, channel: 'sms', reference: messageId })
    }
  }
  return messages.length === 0 ? failure(400, 'messages') : { messages }
}

function answerOf(results: readonly Result[]): FakeAnswer {
  const messages = results.map((result) => {
    const { to, reference = '', text } = result.message
    const statusId = result.code === undefined ? 26 : Number(result.code.replace('status-', ''))
    if (result.code !== undefined && statusId !== 23) refused.set(reference, { to, statusId })
    const named = result.code === undefined && result.id === undefined ? {} : { messageId: reference }
    const details = { messageCount: Math.max(1, Math.ceil(text.length / 153)) }
    return { ...named, status: statusOf(statusId), destination: to.slice(1), details }
  })
  return { status: 200, body: { bulkId: randomUUID(), messages } }
}

function logsOf(ids: readonly string[], { behaviour, known }: FakeState): FakeAnswer {
  if (behaviour.extra.noLogs) return failure(403)
  const results = ids.flatMap((messageId) => {
    const taken = known(messageId)
    const found = taken ? { to: taken.to, statusId: 26 } : refused.get(messageId)
    if (!found) return []
    const destination = String(behaviour.extra.logsOf ?? found.to).replace(/^\+/, '')
    return [{ messageId, destination, sender: account.from, status: statusOf(found.statusId), sentAt: time() }]
  })
  return { status: 200, body: { results, cursor: { limit: 50 } } }
}

/** The zone without a colon, as in Infobip's documents. */
const time = () => new Date().toISOString().replace('Z', '+0000')

function resultOf({ message, status, code }: FakeReceipt) {
  const errorId = Number(code ?? 0)
  return {
    bulkId: 'bulk',
    messageId: message.id,
    to: message.to.slice(1),
    sender: message.from,
    sentAt: time(),
    doneAt: time(),
    messageCount: 1,
    price: { pricePerMessage: 0.01, currency: 'EUR' },
    status: statusOf(Number(status)),
    error: {
      groupId: errorId === 0 ? 0 : 1,
      id: errorId,
      name: errorId === 0 ? 'NO_ERROR' : 'EC_SOMETHING',
      permanent: errorId !== 0,
    },
    platform: {},
  }
}

function headersOf({ behaviour: { signature } }: FakeState): Record<string, string> {
  const type = { 'content-type': 'application/json' }
  if (signature === 'missing') return type
  return { ...type, 'x-hook-token': signature === 'right' ? account.hookToken : account.hookToken.replace('a', 'b') }
}

const atOperator = { status: '2' }

const fake: Fake = {
  read: ({ method, url, headers, body }, state) => {
    if (method !== 'POST' || url.pathname !== '/sms/3/messages') return undefined
    return isKnown(headers) ? readCall(body, state) : failure(401)
  },
  other: ({ method, url, headers }, state) => {
    if (method !== 'GET' || url.pathname !== '/sms/3/logs') return undefined
    return isKnown(headers) ? logsOf(url.searchParams.getAll('messageId'), state) : failure(401)
  },
  refuse: ({ reference, to }, { known, behaviour }) => {
    if (reference && (known(reference) || (behaviour.extra.keepsRefused && refused.has(reference)))) return 'status-23'
    return /^\+[1-9]\d{6,14}$/.test(to) ? undefined : 'status-52'
  },
  newId: ({ reference }) => reference ?? randomUUID(),
  answer: answerOf,
  error: (status) => failure(status),
  statuses: (fate) => {
    if (fate === 'never') return []
    if (fate === 'undelivered') return [atOperator, { status: '9', code: '1' }]
    return fate === 'opted_out' ? [{ status: '4', code: '603' }] : [atOperator, { status: '5' }]
  },
  receipts: (receipts, url, state) => [
    {
      url,
      headers: headersOf(state),
      body: JSON.stringify({ results: receipts.map(resultOf) }),
      receipts: receipts.map(({ message, status }) => ({ id: message.id, status })),
    },
  ],
  inbound: ({ from, to = account.from, text }, url, state) => {
    const cleanText = text.trim()
    const keyword = cleanText.split(' ')[0]?.toUpperCase()
    const message = {
      messageId: randomUUID(),
      from: from.slice(1),
      to,
      text,
      cleanText,
      keyword,
      receivedAt: time(),
      smsCount: 1,
    }
    const body = JSON.stringify({ results: [message], messageCount: 1, pendingMessageCount: 0 })
    return { url, headers: headersOf(state), body }
  },
}

runFake(fake)
