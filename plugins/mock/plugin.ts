/** Mock: a sender that reaches nobody, to try the service with. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { type Granted, needs, settings } from './grant.ts'
import { mockSender } from './sender.ts'

export const mockKind = defineSender({
  channels: ['sms', 'whatsapp'],
  settings,
  idempotent: true,
  reference: 'echoed',
  open: (granted: Granted, use) => {
    const { clock, log } = use ?? granted
    const { receipts, ...calls } = use?.settings ?? granted.config
    return mockSender({ ...calls, clock, log, store: receipts ? use?.receipts : undefined })
  },
})

export const mock = definePlugin({
  name: 'mock',
  needs,
  config: settings,
  senders: { mock: mockKind },
})
