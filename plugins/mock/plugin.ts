/** Mock: a sender that reaches nobody, to try the service with. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { config, needs } from './grant.ts'
import { mockSender } from './sender.ts'

export const mock = definePlugin({
  name: 'mock',
  needs,
  config,
  senders: {
    mock: defineSender({
      channels: ['sms', 'whatsapp'],
      idempotent: true,
      open: ({ config, clock, log }) => mockSender({ ...config, clock, log }),
    }),
  },
})
