/**
 * A fake Vonage: the Messages API, the list of applications, status webhooks and inbound SMS with right signatures.
 * `extra.publicKey` is the public key of its application, as PEM: without it tokens are not accepted.
 */
import { createHash, createHmac, randomUUID, verify } from 'node:crypto'
import { runFake } from './frame.ts'
import type { Fake, FakeAnswer, FakeReceipt, FakeRequest, FakeState, Posting } from './frame-contract.ts'
import { vonageAccount as account } from './vonage-parts.ts'

const problem = (status: number, code: string, title: string, detail = title): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    type: `https://developer.vonage.com/api-errors${/^\d/.test(code) ? '/messages' : ''}#${code}`,
    title,
    detail,
    instance: randomUUID(),
  }),
})
const unauthorized = () =>
  problem(401, 'unauthorized', 'You did not provide correct credentials.', 'Check your authentication credentials.')

/** True for a token of the application that is still valid. */
function isToken(token: string, { behaviour }: FakeState): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { publicKey } = behaviour.extra
  if (typeof publicKey !== 'string') return false
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  if (!verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url')))
    return false
  const { application_id, iat, exp, jti } = decode(payload)
  const now = Date.now() / 1000
  return (
    application_id === account.applicationId && typeof jti === 'string' && iat <= now + 60 && (exp ?? iat + 900) > now
  )
}

function isAllowed({ headers }: FakeRequest, state: FakeState): boolean {
  const [scheme, credentials = ''] = (headers.get('authorization') ?? '').split(' ')
  if (scheme === 'Bearer') return isToken(credentials, state)
  return Buffer.from(credentials, 'base64').toString() === `${account.apiKey}:${account.apiSecret}`
}

function read(request: FakeRequest, state: FakeState) {
  if (request.method !== 'POST' || request.url.pathname !== '/v1/messages') return undefined
  if (!isAllowed(request, state)) return unauthorized()
  const { message_type, channel, to, from, text, client_ref, webhook_url } = JSON.parse(request.body)
  if (channel !== 'sms' || message_type !== 'text' || !text || !from)
    return problem(422, '1150', 'Invalid params', 'The value of one or more parameters is invalid.')
  if (!/^[1-9]\d{6,14}$/.test(to)) return problem(422, '1170', 'Invalid or Missing Msisdn Param')
  return { messages: [{ to: `+${to}`, from, text, reference: client_ref, callback: webhook_url }] }
}

/** A JWT under the signature secret, which names the hash of the body. */
function signed(url: string, content: object, { behaviour }: FakeState): Posting {
  const body = JSON.stringify(content)
  const { signature } = behaviour
  const encode = (part: string | Buffer) => Buffer.from(part).toString('base64url')
  const claims = {
    iat: Math.floor(Date.now() / 1000) - (signature === 'old' ? 3600 : 0),
    jti: randomUUID(),
    iss: 'Vonage',
    payload_hash: createHash('sha256')
      .update(signature === 'other body' ? '{}' : body)
      .digest('hex'),
    api_key: account.apiKey,
    application_id: account.applicationId,
  }
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => encode(JSON.stringify(part))).join('.')
  const key = signature === 'wrong' ? 'another secret' : account.signatureSecret
  const token = `${parts}.${encode(createHmac('sha256', key).update(parts).digest())}`
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      ...(signature !== 'missing' && { authorization: `Bearer ${token}` }),
    },
  }
}

const statusOf = ({ message, status, code }: FakeReceipt) => ({
  message_uuid: message.id,
  to: message.to.slice(1),
  from: message.from,
  timestamp: new Date().toISOString(),
  status,
  channel: 'sms',
  ...(message.reference !== undefined && { client_ref: message.reference }),
  ...(status === 'submitted' && { usage: { currency: 'EUR', price: '0.0333' }, sms: { count_total: '1' } }),
  ...(code && {
    error: {
      type: `https://developer.vonage.com/api-errors/messages#${code}`,
      title: code,
      detail: 'Not delivered',
      instance: message.id,
    },
  }),
})

const fake: Fake = {
  read,
  other: (request, state) => {
    if (request.url.pathname !== '/v2/applications') return undefined
    // A token of an application is no key to the account.
    if (!request.headers.get('authorization')?.startsWith('Basic ') || !isAllowed(request, state)) return unauthorized()
    return {
      status: 200,
      body: { page_size: 1, page: 1, total_items: 0, total_pages: 0, _embedded: { applications: [] } },
    }
  },
  newId: () => randomUUID(),
  answer: ([result]) => {
    if (!result) return problem(500, '1030', 'Internal error')
    if (result.code !== undefined) return problem(422, result.code, 'Refused')
    return { status: 202, body: { message_uuid: result.id } }
  },
  error: (status) => {
    if (status === 401) return unauthorized()
    if (status === 429) return problem(429, '1000', 'Throttled', 'You have exceeded the submission capacity.')
    return problem(500, '1030', 'Internal error', 'There was an error processing your request in the Platform.')
  },
  statuses: (fate) => {
    if (fate === 'never') return []
    if (fate === 'undelivered') return [{ status: 'submitted' }, { status: 'rejected', code: '1190' }]
    if (fate === 'opted_out') return [{ status: 'rejected', code: '1240' }]
    return [{ status: 'submitted' }, { status: 'delivered' }]
  },
  receipts: (receipts, url, state) =>
    receipts.map((receipt) => ({
      ...signed(url, statusOf(receipt), state),
      receipts: [{ id: receipt.message.id, status: receipt.status }],
    })),
  inbound: ({ from, to = '15005550006', text, extra }, url, state) =>
    signed(
      url,
      {
        message_uuid: randomUUID(),
        to,
        from: from.replace(/^\+/, ''),
        timestamp: new Date().toISOString(),
        text,
        channel: 'sms',
        message_type: 'text',
        sms: { num_messages: '1', keyword: text.split(/\s/)[0]?.toUpperCase() },
        ...extra,
      },
      state,
    ),
}

if (import.meta.main) runFake(fake)
