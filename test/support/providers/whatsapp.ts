/**
 * Fake WhatsApp Cloud API: messages, the phone number's account, and webhooks signed over their raw bytes, with characters
 * beyond ASCII escaped as Meta escapes them.
 *
 * `extra`: `readAlone` for a `read` without a `delivered`, `milliseconds` for times in them, `otherAccount` to put statuses
 * of another business account into each post. `extra` of an inbound message: `type` (`text` or `button`), `bsuid` (`both`,
 * `inFrom` or `only`: how a person with a username is named), `errors` (codes of the account, instead of a message).
 */
import { createHmac, randomBytes } from 'node:crypto'
import { runFake } from './frame.ts'
import type { Signature } from './frame-behaviour.ts'
import type { Asked, Fake, FakeAnswer, FakeInbound, FakeReceipt, FakeState, Posting, Result } from './frame-contract.ts'
import { whatsappAccount as account, GRAPH_VERSION } from './whatsapp-account.ts'
import { whatsappTemplates } from './whatsapp-templates.ts'

/** HTTP statuses of Meta's codes; others have 400. */
const statusOf: Readonly<Record<string, number>> = {
  2: 503,
  4: 429,
  190: 401,
  368: 403,
  613: 429,
  131000: 500,
  131016: 503,
  131056: 403,
  130429: 429,
}

const failure = (code: number | string, details?: string): FakeAnswer => ({
  status: statusOf[code] ?? 400,
  body: {
    error: {
      message: `(#${code}) Something that may change`,
      type: 'OAuthException',
      code: Number(code),
      ...(details && { error_data: { messaging_product: 'whatsapp', details } }),
      fbtrace_id: 'AXsgnV2Cm3ZMGF3dF_cfYIn',
    },
  },
})

const isKnown = (headers: Headers) => headers.get('authorization') === `Bearer ${account.accessToken}`
const newWamid = () => `wamid.${randomBytes(24).toString('base64')}`

/** A business-scoped id, which a call may not have in `to`: it is answered as if all were well, and nothing is sent. */
const isBsuid = (to: string) => /^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$/.test(to)

function readCall(body: string): { readonly messages: readonly Asked[] } | FakeAnswer {
  let call: Record<string, unknown>
  try {
    call = JSON.parse(body)
  } catch {
    return failure(100, 'The body is not JSON')
  }
  const { messaging_product, to, type, biz_opaque_callback_data: reference } = call
  if (messaging_product !== 'whatsapp') return failure(100, 'The parameter messaging_product is required')
  if (typeof to !== 'string' || to === '') return failure(131009, 'Parameter to is not valid')
  if (typeof reference === 'string' && reference.length > 512) return failure(131009, 'biz_opaque_callback_data')
  const text = type === 'template' ? templateText(call.template) : textOf(call.text)
  if (typeof text !== 'string') return text
  const phone = isBsuid(to) ? to : `+${to.replace(/\D/g, '')}`
  return { messages: [{ to: phone, text, channel: 'whatsapp', reference: reference as string | undefined }] }
}

function textOf(text: unknown): string | FakeAnswer {
  const { body } = Object(text) as { body?: unknown }
  if (typeof body !== 'string' || body === '') return failure(131008, 'Parameter text.body is required')
  return body.length > 4096 ? failure(131009, 'Parameter text.body is too long') : body
}

/** Sends `spring_sale` in English alone, with two parameters, whatever is listed besides. */
function templateText(template: unknown): string | FakeAnswer {
  const {
    name,
    language,
    components = [],
  } = Object(template) as {
    name?: unknown
    language?: { code?: unknown }
    components?: { type: string; parameters: { type: string; text: string }[] }[]
  }
  if (name !== 'spring_sale' || language?.code !== 'en_US') return failure(132001, 'Template name does not exist')
  const parameters = components.flatMap(({ type, parameters }) => (type === 'body' ? parameters : []))
  if (parameters.length !== 2) return failure(132000, 'Number of parameters does not match')
  if (parameters.some(({ text }) => /[\n\t]| {5}/.test(text))) return failure(132018, 'Parameter format')
  return `spring_sale: ${parameters.map(({ text }) => text).join(', ')}`
}

/** One template a page, and an address of the next with the token in it, as Meta gives it. */
function templatePage(url: URL): FakeAnswer {
  const at = Number(url.searchParams.get('after') ?? '0')
  const after = String(at + 1)
  const next = `${url.origin}${url.pathname}?access_token=${account.accessToken}&after=${after}`
  const paging = { cursors: { before: String(at), after }, ...(at + 1 < whatsappTemplates.length && { next }) }
  return { status: 200, body: { data: whatsappTemplates.slice(at, at + 1), paging } }
}

function answerOf([result]: readonly Result[]): FakeAnswer {
  if (result?.code !== undefined) return failure(result.code)
  const waId = result?.message.to.replace(/^\+/, '') ?? ''
  const messages = result?.id === undefined ? [] : [{ id: result.id, message_status: 'accepted' }]
  return { status: 200, body: { messaging_product: 'whatsapp', contacts: [{ input: waId, wa_id: waId }], messages } }
}

/** As Meta writes JSON: a client that reads it and writes it again gets other bytes. */
const escaped = (body: unknown): string =>
  JSON.stringify(body)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const sign = (body: string) => `sha256=${createHmac('sha256', account.appSecret).update(body).digest('hex')}`

function signatureOf(body: string, signature: Signature): Record<string, string> {
  if (signature === 'missing') return {}
  const signed = signature === 'right' || signature === 'old' ? sign(body) : sign(`${body} `)
  return { 'x-hub-signature-256': signature === 'wrong' ? `sha256=${'0'.repeat(64)}` : signed }
}

const metadata = { display_phone_number: '15550783881', phone_number_id: account.phoneNumberId }
const change = (field: string, value: object) => ({
  field,
  value: { messaging_product: 'whatsapp', metadata, ...value },
})

function posting(
  url: string,
  { behaviour }: FakeState,
  entries: readonly object[],
  receipts: Posting['receipts'] = [],
): Posting {
  const body = escaped({ object: 'whatsapp_business_account', entry: entries })
  const headers = { 'content-type': 'application/json', ...signatureOf(body, behaviour.signature) }
  return { url, body, headers, receipts }
}

const entry = (changes: readonly object[], id: string = account.businessAccountId) => ({ id, changes })
const now = ({ behaviour }: FakeState) =>
  String(behaviour.extra.milliseconds ? Date.now() : Math.floor(Date.now() / 1000))

const statusEntry =
  (state: FakeState) =>
  ({ message, status, code }: FakeReceipt) => ({
    id: message.id,
    status,
    timestamp: now(state),
    recipient_id: message.to.replace(/^\+/, ''),
    ...(message.reference !== undefined && { biz_opaque_callback_data: message.reference }),
    ...(status === 'delivered' && { pricing: { billable: true, pricing_model: 'PMP', category: 'marketing' } }),
    ...(code !== undefined && {
      errors: [{ code: Number(code), title: 'Something that may change', error_data: { details: 'Übersetzt' } }],
    }),
  })

/** Half of the statuses in one change, half in another, as Meta groups them now and then. */
function receiptPost(receipts: readonly FakeReceipt[], url: string, state: FakeState): Posting {
  const statuses = receipts.map(statusEntry(state))
  const middle = Math.ceil(statuses.length / 2)
  const changes = [statuses.slice(0, middle), statuses.slice(middle)]
    .filter((part) => part.length > 0)
    .map((part) => change('messages', { statuses: part }))
  const foreign = { ...statuses[0], id: newWamid(), biz_opaque_callback_data: 'of-another-account' }
  const others = state.behaviour.extra.otherAccount ? [entry([change('messages', { statuses: [foreign] })], '999')] : []
  const told = receipts.map(({ message, status }) => ({ id: message.id, status }))
  return posting(url, state, [...others, entry(changes)], told)
}

/** Names a person by phone and, where they have a username, by a business-scoped id. */
function person(from: string, bsuid: unknown) {
  const waId = from.replace(/^\+/, '')
  const userId = `KE.${waId}`
  const profile = { name: 'Wanjikũ' }
  if (bsuid === 'both')
    return { contact: { profile, wa_id: waId, user_id: userId }, names: { from: waId, from_user_id: userId } }
  if (bsuid === 'inFrom') return { contact: { profile, wa_id: userId, user_id: userId }, names: { from: userId } }
  if (bsuid === 'only') return { contact: { profile, user_id: userId }, names: { from_user_id: userId } }
  return { contact: { profile, wa_id: waId }, names: { from: waId } }
}

function inboundPost({ from, text, intent, notice, extra = {} }: FakeInbound, url: string, state: FakeState): Posting {
  const { type = 'text', bsuid, errors } = extra
  if (Array.isArray(errors)) {
    const problems = errors.map((code) => ({ code, title: 'Something that may change' }))
    return posting(url, state, [entry([change('messages', { errors: problems })])])
  }
  const { contact, names } = person(from, bsuid)
  if (notice) {
    const value = intent === 'start' ? 'resume' : 'stop'
    const detail = `User requested to ${value} marketing messages`
    const category = 'marketing_messages'
    const timestamp = Number(now(state))
    const preference = { wa_id: contact.wa_id, user_id: contact.user_id, detail, category, value, timestamp }
    return posting(url, state, [
      entry([change('user_preferences', { contacts: [contact], user_preferences: [preference] })]),
    ])
  }
  const context = { from: metadata.display_phone_number, id: newWamid() }
  const button = { text, payload: extra.payload ?? text }
  const content = type === 'button' ? { context, button } : { text: { body: text } }
  const message = { ...names, id: newWamid(), timestamp: now(state), type, ...content }
  return posting(url, state, [entry([change('messages', { contacts: [contact], messages: [message] })])])
}

const sent = { status: 'sent' }
const delivered = { status: 'delivered' }
const read = { status: 'read' }

const fake: Fake = {
  read: ({ method, url, headers, body }) => {
    if (method !== 'POST' || url.pathname !== `${GRAPH_VERSION}/${account.phoneNumberId}/messages`) return undefined
    return isKnown(headers) ? readCall(body) : failure(190)
  },
  other: ({ method, url, headers }) => {
    if (method === 'GET' && url.pathname === `${GRAPH_VERSION}/${account.businessAccountId}/message_templates`)
      return isKnown(headers) ? templatePage(url) : failure(190)
    if (method !== 'GET' || url.pathname !== `${GRAPH_VERSION}/${account.phoneNumberId}`) return undefined
    if (!isKnown(headers)) return failure(190)
    const body = {
      id: account.phoneNumberId,
      display_phone_number: '+1 555-078-3881',
      verified_name: 'Shop',
      quality_rating: 'GREEN',
    }
    return { status: 200, body }
  },
  newId: newWamid,
  answer: answerOf,
  error: (status) => failure({ 401: 190, 429: 130429, 500: 131000 }[status]),
  statuses: (fate, { to }, { behaviour }) => {
    if (isBsuid(to) || fate === 'never') return []
    if (fate === 'read') return behaviour.extra.readAlone ? [sent, read] : [sent, delivered, read]
    if (fate === 'undelivered') return [{ status: 'failed', code: '131049' }]
    return fate === 'opted_out' ? [{ status: 'failed', code: '131050' }] : [sent, delivered]
  },
  receipts: (receipts, url, state) => [receiptPost(receipts, url, state)],
  inbound: inboundPost,
}

runFake(fake)
