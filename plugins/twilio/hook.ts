/** Reader of Twilio's posts: status callbacks of messages, and messages that people write. */
import type { SenderUse } from '../../core/messaging/senders/contract.ts'
import type { Delivery, HookAnswer, HookRequest, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import type { TwilioSettings } from './grant.ts'
import { isSigned } from './signature.ts'

/** By `MessageStatus`. `canceled` is a scheduled message that somebody called off at Twilio. */
const deliveries: Readonly<Record<string, Delivery>> = {
  accepted: 'submitted',
  scheduled: 'submitted',
  queued: 'submitted',
  sending: 'submitted',
  sent: 'submitted',
  partially_delivered: 'submitted',
  delivered: 'delivered',
  read: 'read',
  failed: 'undelivered',
  undelivered: 'undelivered',
  canceled: 'undelivered',
}

const intents = { STOP: 'stop', START: 'start', HELP: 'help' } as const

/** Twilio takes an empty document as "do not answer". */
const NO_REPLY = { type: 'text/xml', text: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }

/** Twilio's address is one for all: a status and a message from a person differ in their fields. */
export function twilioHook({ settings: { authToken }, outcomeOf }: SenderUse<TwilioSettings>) {
  return ({ url, headers, body }: HookRequest): HookAnswer => {
    if (!isSigned({ authToken, url, body, signature: headers.get('x-twilio-signature') }))
      return { kind: 'refused', why: 'signature' }
    const fields = new URLSearchParams(new TextDecoder().decode(body))
    const id = fields.get('MessageSid') ?? fields.get('SmsSid')
    if (!id || !/^(SM|MM)[0-9a-fA-F]{32}$/.test(id)) return { kind: 'refused', why: 'body' }
    if (fields.has('MessageStatus'))
      return { kind: 'taken', receipts: receiptsOf(id, url, fields, outcomeOf), inbound: [] }
    return { kind: 'taken', receipts: [], inbound: [inboundOf(id, fields)], reply: NO_REPLY }
  }
}

function receiptsOf(
  providerId: string,
  url: string,
  fields: URLSearchParams,
  outcomeOf: SenderUse['outcomeOf'],
): Receipt[] {
  const status = fields.get('MessageStatus') ?? ''
  const delivery = Object.hasOwn(deliveries, status) ? deliveries[status] : undefined
  // A status that Twilio may add one day says nothing that could be stored.
  if (!delivery) return []
  const messageId = URL.parse(url)?.searchParams.get('m') || undefined
  if (delivery !== 'undelivered') return [{ messageId, providerId, delivery }]
  const providerCode = fields.get('ErrorCode') || status
  const outcome = outcomeOf(providerCode)
  return [{ messageId, providerId, delivery, providerCode, about: 'about' in outcome ? outcome.about : undefined }]
}

function inboundOf(id: string, fields: URLSearchParams): Inbound {
  const intent = fields.get('OptOutType') ?? ''
  return {
    id,
    from: phoneOf(fields.get('From')),
    channel: fields.get('From')?.startsWith('whatsapp:') ? 'whatsapp' : 'sms',
    to: fields.get('To')?.replace(/^whatsapp:/, '') || undefined,
    text: fields.get('Body') ?? '',
    intent: Object.hasOwn(intents, intent) ? intents[intent as keyof typeof intents] : undefined,
  }
}

/** Undefined for a WhatsApp user who hides the number: `whatsapp:US.1234`. */
function phoneOf(from: string | null): string | undefined {
  const phone = from?.replace(/^whatsapp:/, '') ?? ''
  return /^\+[1-9]\d{6,14}$/.test(phone) ? phone : undefined
}
