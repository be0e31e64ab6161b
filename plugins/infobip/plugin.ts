/** Infobip: a sender of SMS over Infobip's SMS API, version 3. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { codes } from './codes.ts'
import { needs, settings } from './grant.ts'
import { infobipSender } from './sender.ts'

export const infobipKind = defineSender({
  channels: ['sms'],
  settings,
  // A message id that Infobip has is refused, and the logs tell what became of it: README.md says what that rests on.
  idempotent: true,
  reference: 'echoed',
  limits: { rate: 50, unit: 'segment', concurrency: 10, batch: 100 },
  codes,
  open: (_granted, use) => infobipSender(use),
})

export const infobip = definePlugin({ name: 'infobip', needs, senders: { infobip: infobipKind } })
