/** Vonage: a sender of SMS through its Messages API. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { vonageCodes } from './codes.ts'
import { needs, settings } from './grant.ts'
import { vonageSender } from './sender.ts'

export const vonageKind = defineSender({
  channels: ['sms'],
  settings,
  idempotent: false,
  reference: 'echoed',
  // Vonage limits an account's calls in a second (1000), and carriers the messages of a number.
  limits: { rate: 10, unit: 'segment', concurrency: 10, batch: 1 },
  codes: vonageCodes,
  open: (_granted: unknown, use) => vonageSender(use),
})

export const vonage = definePlugin({ name: 'vonage', needs, senders: { vonage: vonageKind } })
