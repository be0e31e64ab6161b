/** Africa's Talking: SMS over its bulk endpoint, one call for all recipients of a text. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { codes } from './codes.ts'
import { needs, settings } from './grant.ts'
import { africasTalkingHook } from './hook.ts'
import { africasTalkingSender } from './sender.ts'

export const africasTalkingKind = defineSender({
  channels: ['sms'],
  settings,
  // It documents no key and no reference of ours: a lost answer can never be joined to its receipt.
  idempotent: false,
  reference: 'answered',
  // It publishes no limits; 429 exists.
  limits: { rate: 20, unit: 'segment', concurrency: 8, batch: 100 },
  codes,
  open: (_granted, use) => {
    const { hookToken } = use.settings
    return { ...africasTalkingSender(use), ...(hookToken && { hook: africasTalkingHook(use, hookToken) }) }
  },
})

export const africastalking = definePlugin({
  name: 'africastalking',
  needs,
  senders: { africastalking: africasTalkingKind },
})
