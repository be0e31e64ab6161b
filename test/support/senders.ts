/** Senders that stand in for those of the settings: one for each channel, named after it. */
import type { Channel } from '../../core/messaging/schema.ts'
import type { OutboundMessage, Outcome, Sender, Senders } from '../../core/messaging/senders/contract.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'

/** Changes of a test; `sendOne`: outcome of each message. */
type Changes = Partial<Sender> & {
  readonly sendOne?: (message: OutboundMessage, signal: AbortSignal) => Promise<Outcome>
}

const accept = async ({ messageId }: OutboundMessage): Promise<Outcome> => ({
  kind: 'accepted',
  id: `test-${messageId}`,
})

export const openSender = (name: string, { sendOne = accept, ...changes }: Changes = {}): Sender => ({
  name,
  kind: 'test',
  channels: ['sms', 'whatsapp'],
  idempotent: true,
  reference: 'none',
  limits: { rate: null, unit: 'message', concurrency: null, batch: 1 },
  timeoutMs: 1000,
  send: (batch, signal) => Promise.all(batch.map((message) => sendOne(message, signal))),
  ...changes,
})

/** @param changes of each channel's sender */
export const sendersByChannel = (changes: (channel: Channel) => Changes = () => ({})): Senders =>
  sendersOf([openSender('sms', changes('sms')), openSender('whatsapp', changes('whatsapp'))], {
    sms: ['sms'],
    whatsapp: ['whatsapp'],
  })

/** A sender to which messages are handed one by one. */
export const oneByOne = ({ send, ...sender }: Sender) => ({
  ...sender,
  send: async (message: OutboundMessage, signal: AbortSignal): Promise<Outcome> => {
    const [outcome, ...others] = await send([message], signal)
    if (!outcome || others.length > 0) throw new Error('Expected one outcome')
    return outcome
  },
})
