/** Mock: a sender that reaches nobody, to try the service with. */
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { needs, settings } from './grant.ts'
import { mockSender } from './sender.ts'

export const mockKind = defineSender({
  channels: ['sms', 'whatsapp'],
  settings,
  idempotent: true,
  reference: 'echoed',
  templates: true,
  open: (_granted: unknown, { clock, log, settings: { receipts, ...calls }, receipts: store }) =>
    mockSender({ ...calls, clock, log, store: receipts ? store : undefined }),
})

export const mock = definePlugin({
  name: 'mock',
  needs,
  // Variables of SMS_SENDER=mock, described and checked whether such a sender is in use or not.
  config: settings,
  senders: { mock: mockKind },
})
