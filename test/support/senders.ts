/** Senders that stand in for those of the settings: one for each channel, named after it. */
import type { Channel } from '../../core/messaging/schema.ts'
import type { OutboundMessage, Outcome, Sender, Senders } from '../../core/messaging/senders/contract.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'

export const openSender = (name: string, changes: Partial<Sender> = {}): Sender => ({
  name,
  kind: 'test',
  channels: ['sms', 'whatsapp'],
  idempotent: true,
  reference: 'none',
  limits: { rate: null, unit: 'message', concurrency: null, batch: 1 },
  timeoutMs: 1000,
  send: async ({ messageId }: OutboundMessage): Promise<Outcome> => ({ kind: 'accepted', id: `test-${messageId}` }),
  ...changes,
})

/** @param changes of each channel's sender */
export const sendersByChannel = (changes: (channel: Channel) => Partial<Sender> = () => ({})): Senders =>
  sendersOf([openSender('sms', changes('sms')), openSender('whatsapp', changes('whatsapp'))], {
    sms: ['sms'],
    whatsapp: ['whatsapp'],
  })
