/**
 * A fake Twilio: the Messages resource, the account, status callbacks and inbound messages with right signatures. The switch
 * `extra.testCredentials` makes it what Twilio is under test credentials: magic numbers, and no callbacks.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { runFake } from './frame.ts'
import type {
  Accepted,
  Asked,
  Fake,
  FakeAnswer,
  FakeReceipt,
  FakeRequest,
  FakeState,
  Posting,
} from './frame-contract.ts'
import { twilioAccount as account, magicFrom, magicTo, messageOf, segmentsOf, titles } from './twilio-parts.ts'

const { accountSid, authToken, apiKeySid, apiKeySecret } = account
const messages = `/2010-04-01/Accounts/${accountSid}/Messages.json`

const problem = (status: number, code: string): FakeAnswer => ({
  status,
  body: {
    code: Number(code),
    message: titles[code] ?? 'Something is wrong',
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  },
})

function unauthorized({ headers }: FakeRequest): FakeAnswer | undefined {
  const known = [`${accountSid}:${authToken}`, `${apiKeySid}:${apiKeySecret}`]
  const given = Buffer.from((headers.get('authorization') ?? '').replace(/^Basic /, ''), 'base64').toString()
  return known.includes(given) ? undefined : problem(401, '20003')
}

/** The only content here is `HX` and 32 times `a`, which has two variables. */
const CONTENT_SID = `HX${'a'.repeat(32)}`

function contentProblem(form: URLSearchParams): string | undefined {
  const sid = form.get('ContentSid')
  if (sid === null) return undefined
  if (sid !== CONTENT_SID) return '21655'
  return /^\{("\d+":".*",?)*\}$/.test(form.get('ContentVariables') ?? '{}') ? undefined : '21656'
}

/** The code of a form that is wrong in itself. */
function complaint(form: URLSearchParams, state: FakeState): string | undefined {
  const to = form.get('To') ?? ''
  const body = form.get('Body') ?? ''
  const callback = form.get('StatusCallback')
  if (!to) return '21604'
  if (!form.has('From') && !form.has('MessagingServiceSid')) return '21603'
  if (!body && !form.has('MediaUrl') && !form.has('ContentSid')) return '21602'
  if (body.length > 1600) return '21617'
  const content = contentProblem(form)
  if (content) return content
  if (callback !== null && (callback.length > 4000 || !/^https?:\/\/[^_/]+(\/|$)/.test(callback))) return '21609'
  if (state.behaviour.extra.testCredentials) return magicFrom(form.get('From') ?? '') ?? magicTo(to)
  if (!/^(whatsapp:)?\+[1-9]\d{6,14}$/.test(to)) return '21211'
  return undefined
}

function read(request: FakeRequest, state: FakeState) {
  if (request.method !== 'POST' || !request.url.pathname.endsWith('/Messages.json')) return undefined
  const refused = unauthorized(request)
  if (refused) return refused
  if (request.url.pathname !== messages) return problem(404, '20404')
  if (request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') !== true)
    return problem(400, '20001')
  const form = new URLSearchParams(request.body)
  const wrong = complaint(form, state)
  if (wrong) return problem(400, wrong)
  const callback = form.get('StatusCallback') ?? undefined
  const asked: Asked & { form: URLSearchParams } = {
    form,
    to: (form.get('To') ?? '').replace(/^whatsapp:/, ''),
    from: form.get('From') ?? form.get('MessagingServiceSid') ?? '',
    text: form.get('Body') ?? `${form.get('ContentSid')}: ${form.get('ContentVariables')}`,
    channel: form.get('To')?.startsWith('whatsapp:') ? 'whatsapp' : 'sms',
    callback,
    // Twilio does not know what the query means: it is here for the ledger alone.
    reference: (callback && new URL(callback).searchParams.get('m')) || undefined,
  }
  return { messages: [asked] }
}

/** Fields of a status callback. */
function statusFields({ message, status, code }: FakeReceipt): Record<string, string> {
  const { form } = message as Accepted & { form: URLSearchParams }
  const service = form.get('MessagingServiceSid')
  return {
    SmsSid: message.id,
    SmsStatus: status,
    MessageStatus: status,
    To: form.get('To') ?? '',
    MessageSid: message.id,
    AccountSid: accountSid,
    From: form.get('From') ?? '+15005550006',
    ApiVersion: '2010-04-01',
    ...(service && { MessagingServiceSid: service }),
    ...(message.channel === 'whatsapp' && { ChannelPrefix: 'whatsapp', ChannelToAddress: form.get('To') ?? '' }),
    ...(status === 'delivered' && { RawDlrDoneDate: '2611290230' }),
    ...(code && { ErrorCode: code }),
  }
}

function signed(address: string, fields: Readonly<Record<string, string>>, { behaviour }: FakeState): Posting {
  // Twilio neither sends nor signs the fragment.
  const url = address.split('#')[0] ?? ''
  const covered = behaviour.signature === 'other body' ? { ...fields, MessageSid: `SM${'0'.repeat(32)}` } : fields
  const data = Object.entries(covered).sort(([a], [b]) => (a < b ? -1 : 1))
  const key = behaviour.signature === 'wrong' ? 'another token' : authToken
  const signature = createHmac('sha1', key)
    .update(url + data.map(([name, value]) => name + value).join(''))
    .digest('base64')
  return {
    url,
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      ...(behaviour.signature !== 'missing' && { 'x-twilio-signature': signature }),
    },
  }
}

const fake: Fake = {
  read,
  other: (request) => {
    const refused = unauthorized(request)
    if (refused) return refused
    const { pathname } = request.url
    if (pathname === `/2010-04-01/Accounts/${accountSid}.json`)
      return { status: 200, body: { sid: accountSid, friendly_name: 'Fake', status: 'active', type: 'Full' } }
    if (pathname === messages) return { status: 200, body: { messages: [], page: 0, page_size: 50, uri: messages } }
    return problem(404, '20404')
  },
  newId: () => `SM${randomBytes(16).toString('hex')}`,
  answer: ([result]) => {
    if (!result) return problem(500, '20500')
    if (result.code !== undefined) return problem(result.code === '20429' ? 429 : 400, result.code)
    const { form } = result.message as Accepted & { form: URLSearchParams }
    return { status: 201, body: { ...messageOf(form, segmentsOf(result.message.text)), sid: result.id } }
  },
  error: (status) => problem(status, { 401: '20003', 429: '20429', 500: '20500' }[status]),
  // The first status, queued or accepted, is never called back.
  statuses: (fate, { channel }, { behaviour }) => {
    if (fate === 'never' || behaviour.extra.testCredentials) return []
    if (fate === 'undelivered') return [{ status: 'sent' }, { status: 'undelivered', code: '30005' }]
    if (fate === 'opted_out') return [{ status: 'failed', code: '21610' }]
    const read = fate === 'read' && channel === 'whatsapp' ? [{ status: 'read' }] : []
    return [{ status: 'sent' }, { status: 'delivered' }, ...read]
  },
  receipts: (receipts, url, state) =>
    receipts.map((receipt) => ({
      ...signed(url, statusFields(receipt), state),
      receipts: [{ id: receipt.message.id, status: receipt.status }],
    })),
  inbound: ({ from, to = '+15005550006', text, intent, extra }, url, state) => {
    const id = `SM${randomBytes(16).toString('hex')}`
    const fields = {
      ToCountry: 'US',
      SmsMessageSid: id,
      NumMedia: '0',
      SmsSid: id,
      SmsStatus: 'received',
      Body: text,
      To: to,
      NumSegments: String(segmentsOf(text)),
      MessageSid: id,
      AccountSid: accountSid,
      From: from,
      ApiVersion: '2010-04-01',
      ...(intent && { OptOutType: intent.toUpperCase() }),
      ...(extra as Record<string, string> | undefined),
    }
    return signed(url, fields, state)
  },
}

if (import.meta.main) runFake(fake)
