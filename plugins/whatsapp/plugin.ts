/** WhatsApp: a sender over Meta's WhatsApp Cloud API. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { codes } from './codes.ts'
import { needs, settings } from './grant.ts'
import { whatsappSender } from './sender.ts'

export const whatsappKind = defineSender({
  channels: ['whatsapp'],
  settings,
  // Meta documents no key under which a message may be asked for twice.
  idempotent: false,
  reference: 'echoed',
  templates: true,
  textWindowHours: 24,
  // A number may send 80 messages a second, which answers to people count against.
  limits: { rate: 60, unit: 'message', concurrency: 20 },
  codes,
  open: (_granted, use) => whatsappSender(use),
})

export const whatsapp = definePlugin({ name: 'whatsapp', needs, senders: { whatsapp: whatsappKind } })
