/**
 * Messages and preferences of people in a post of Meta. Since 2026 a person may be known by a business-scoped id alone, such
 * as `US.1234`, which may stand in any field that held a phone before. Pure.
 */
import type { Inbound } from '../../core/messaging/senders/hook.ts'
import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'
import { timeOf } from './receipt.ts'

/** @param value what the message stands in, with the people's contacts and our number */
export function messageOf(message: unknown, value: unknown): Inbound[] {
  const id = idOf(at(message, 'id'))
  // A change of number is told as a message of type `system`.
  if (id === undefined || at(message, 'type') === 'system') return []
  return [
    {
      id,
      from: phoneOf(at(message, 'from')) ?? contactPhone(message, value),
      to: ownNumber(value),
      text: writtenIn(message),
      at: timeOf(at(message, 'timestamp')),
    },
  ]
}

/** The payload of a button counts before its label: whoever made the template chose it, for all languages. */
const writtenIn = (message: unknown): string =>
  textOf(at(message, 'text', 'body')) ??
  textOf(at(message, 'button', 'payload')) ??
  textOf(at(message, 'button', 'text')) ??
  textOf(at(message, 'interactive', 'button_reply', 'title')) ??
  textOf(at(message, 'interactive', 'list_reply', 'title')) ??
  captionOf(message) ??
  ''

const captionOf = (message: unknown): string | undefined => {
  const type = textOf(at(message, 'type'))
  return type === undefined ? undefined : textOf(at(message, type, 'caption'))
}

const intents: ReadonlyMap<unknown, 'stop' | 'start'> = new Map([
  ['stop', 'stop'],
  ['resume', 'start'],
])

/** The person told WhatsApp to stop or resume marketing of this business, without writing. */
export function preferenceOf(preference: unknown, value: unknown): Inbound[] {
  const intent = intents.get(at(preference, 'value'))
  const person = idOf(at(preference, 'wa_id')) ?? idOf(at(preference, 'user_id'))
  if (intent === undefined || person === undefined || at(preference, 'category') !== 'marketing_messages') return []
  const time = timeOf(at(preference, 'timestamp'))
  return [
    {
      // Meta gives it none: the same preference at the same second is the same one.
      id: `preference:${person}:${intent}:${time ?? ''}`,
      from: phoneOf(person) ?? contactPhone(preference, value),
      to: ownNumber(value),
      text: '',
      intent,
      at: time,
    },
  ]
}

/** E.164 of a WhatsApp id that is a phone; undefined of a business-scoped id. */
function phoneOf(waId: unknown): string | undefined {
  const digits = textOf(waId)?.replace(/^\+/, '')
  return digits !== undefined && /^[1-9]\d{5,14}$/.test(digits) ? `+${digits}` : undefined
}

/** The phone in the contact that has the same business-scoped id, where that tells more. */
function contactPhone(item: unknown, value: unknown): string | undefined {
  const ids = ['from_user_id', 'user_id', 'from', 'wa_id'].flatMap((name) => textOf(at(item, name)) ?? [])
  const contact = listOf(at(value, 'contacts')).find((one) => ids.includes(textOf(at(one, 'user_id')) ?? ''))
  return phoneOf(at(contact, 'wa_id'))
}

const ownNumber = (value: unknown): string | undefined => {
  const shown = textOf(at(value, 'metadata', 'display_phone_number'))
  return phoneOf(shown?.replace(/[^\d+]/g, ''))
}
