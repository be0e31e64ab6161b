/** Twilio: a sender of SMS and WhatsApp messages through its Messages API. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { twilioCodes } from './codes.ts'
import { needs, settings } from './grant.ts'
import { twilioSender } from './sender.ts'

export const twilioKind = defineSender({
  channels: ['sms', 'whatsapp'],
  settings,
  idempotent: false,
  reference: 'echoed',
  templates: true,
  textWindowHours: 24,
  // An account's calls at once are limited (20429), and each kind of number has a rate of its own, which the operator sets.
  limits: { rate: 10, unit: 'segment', concurrency: 10, batch: 1 },
  codes: twilioCodes,
  open: (_granted: unknown, use) => twilioSender(use),
})

export const twilio = definePlugin({ name: 'twilio', needs, senders: { twilio: twilioKind } })
