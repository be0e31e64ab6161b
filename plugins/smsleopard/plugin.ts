/** SMSLeopard: SMS in batches, in which each recipient has a text of their own. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { codes } from './codes.ts'
import { needs, settings } from './grant.ts'
import { smsLeopardHook } from './hook.ts'
import { smsLeopardSender } from './sender.ts'

export const smsLeopardKind = defineSender({
  channels: ['sms'],
  settings,
  // It documents no key and no reference of ours.
  idempotent: false,
  reference: 'answered',
  // It publishes no limits.
  limits: { rate: 10, unit: 'segment', concurrency: 4, batch: 100 },
  codes,
  open: (_granted, use) => {
    const { hookToken } = use.settings
    return { ...smsLeopardSender(use), ...(hookToken && { hook: smsLeopardHook(use, hookToken) }) }
  },
})

export const smsleopard = definePlugin({
  name: 'smsleopard',
  needs,
  senders: { smsleopard: smsLeopardKind },
})
