import { describe, expect, test } from 'bun:test'
import { type CampaignProgress, type Situation, viewWaiting, waitingOf } from '../../core/messaging/campaign/waiting.ts'
import { sendersOf } from '../../plugins/stats/senders.ts'

const now = Date.parse('2030-01-01T08:00:00.000Z')
const later = new Date(now + 60_000)
const earlier = new Date(now - 60_000)
const well: Situation = { breakers: [], standstills: [], resting: [], plugins: ['worker', 'scheduler'] }
const open: Situation = {
  ...well,
  breakers: [{ channel: 'sms', country: null, reason: 'provider.rejected', opened_at: earlier, probe_at: later }],
}
/** The senders of one country fail, those of another are paused. */
const kenyaOpen: Situation = {
  ...well,
  breakers: [{ channel: 'sms', country: 'KE', reason: 'provider.rejected', opened_at: earlier, probe_at: later }],
}
const bothWait: Situation = {
  ...kenyaOpen,
  standstills: [
    { channel: 'sms', country: 'UG', reason: 'sender_paused', since: earlier },
    { channel: 'sms', country: 'TZ', reason: 'sender_paused', since: earlier },
  ],
}
const resting = { name: 'main', paused_at: null, open_reason: null, opened_at: null, probe_at: null }
const sending: CampaignProgress = {
  status: 'sending',
  channel: 'sms',
  sender: null,
  countries: null,
  scheduled_at: null,
  due_at: null,
  awaiting: false,
  deferred: 0,
  deferred_until: null,
  busy: true,
  left: 10,
  audience_open: false,
  queueing: false,
  paused_reason: null,
  paused_detail: null,
  paused_at: null,
}

describe('waitingOf()', () => {
  const moving: readonly (readonly [string, Partial<CampaignProgress>, Situation])[] = [
    ['a draft', { status: 'draft' }, well],
    ['one that is being sent', {}, well],
    ['one whose next chunk is due', { busy: false, due_at: earlier }, well],
    ['one with a chunk of now and chunks of later', { busy: true, due_at: later }, well],
    ['one of another channel than the open circuit', { channel: 'whatsapp' }, open],
    ['one that has all its outcomes', { left: 0 }, { ...open, plugins: [] }],
    ['one that workers send without a scheduler', {}, { ...well, plugins: ['worker'] }],
    ['one with an open audience that is being sent', { audience_open: true }, well],
    ['a draft with an open audience', { status: 'draft', audience_open: true }, well],
    ['one of which only some countries wait', { countries: ['KE', null] }, kenyaOpen],
    ['one of other countries than those that wait', { countries: [null] }, kenyaOpen],
    ['one that names its sender, whatever waits on its channel', { sender: 'main' }, open],
    ['one that is about to start', { status: 'scheduled', scheduled_at: earlier }, well],
    ...(['sent', 'failed', 'cancelled'] as const).map(
      (status) => [`one that is ${status}`, { status }, { ...open, plugins: [] }] as const,
    ),
  ]
  for (const [name, changes, situation] of moving)
    test(`gives no reason for ${name}`, () => expect(waitingOf({ ...sending, ...changes }, situation, now)).toBeNull())

  const standing: readonly (readonly [string, Partial<CampaignProgress>, Situation, object])[] = [
    [
      'an open circuit',
      {},
      open,
      {
        reason: 'circuit_open',
        since: earlier,
        until: later,
        detail: 'SMS sending is paused because the provider keeps rejecting messages',
      },
    ],
    [
      'a channel without a sender',
      {},
      { ...well, standstills: [{ channel: 'sms', country: null, reason: 'no_sender', since: null }] },
      { reason: 'no_sender', detail: 'No sender is set up for this channel' },
    ],
    [
      'senders that are all paused, whatever their circuits',
      {},
      { ...open, standstills: [{ channel: 'sms', country: null, reason: 'sender_paused', since: earlier }] },
      { reason: 'sender_paused', since: earlier },
    ],
    ['an open circuit before the missing worker', {}, { ...open, plugins: [] }, { reason: 'circuit_open' }],
    [
      'the open circuit of all countries that are left',
      { countries: ['KE'] },
      kenyaOpen,
      {
        reason: 'circuit_open',
        until: later,
        detail: 'SMS sending to Kenya is paused because the provider keeps rejecting messages',
      },
    ],
    [
      'what a person must do, where the countries that are left wait for different things',
      { countries: ['UG', 'KE', 'TZ'] },
      bothWait,
      { reason: 'sender_paused', since: earlier, detail: 'Sending to Tanzania and Uganda was paused by hand' },
    ],
    [
      'the channel, where it waits as well as a country of it',
      { countries: ['KE', null] },
      { ...kenyaOpen, breakers: [...kenyaOpen.breakers, ...open.breakers] },
      { detail: 'SMS sending is paused because the provider keeps rejecting messages' },
    ],
    [
      'a country without a sender',
      { countries: ['UG'] },
      { ...well, standstills: [{ channel: 'sms', country: 'UG', reason: 'no_sender', since: null }] },
      { reason: 'no_sender', detail: 'No sender is set up for Uganda' },
    ],
    [
      'the sender that it names, which is paused',
      { sender: 'main' },
      { ...well, resting: [{ ...resting, paused_at: earlier }] },
      { reason: 'sender_paused', since: earlier, detail: 'Its sender "main" was paused by hand' },
    ],
    [
      'the sender that it names, whose circuit is open',
      { sender: 'main' },
      {
        ...well,
        resting: [{ ...resting, open_reason: 'provider.rejected', opened_at: earlier, probe_at: later }],
      },
      {
        reason: 'circuit_open',
        until: later,
        detail: 'Its sender "main" is paused because the provider keeps rejecting messages',
      },
    ],
    ['no worker', {}, { ...well, plugins: ['scheduler'] }, { reason: 'no_worker', until: null }],
    [
      'quiet hours of all',
      { busy: false, due_at: later, deferred: 10, deferred_until: later },
      well,
      { reason: 'quiet_hours', until: later, detail: 'All remaining recipients have quiet hours now' },
    ],
    [
      'quiet hours of some, before tries that come later',
      { busy: false, due_at: later, deferred: 4, deferred_until: later },
      well,
      { reason: 'quiet_hours', until: later, detail: '4 recipients have quiet hours now' },
    ],
    ['tries that come later', { busy: false, due_at: later }, well, { reason: 'retry_later', until: later }],
    [
      'receipts, where all that is left is in doubt',
      { busy: false, due_at: later, awaiting: true },
      well,
      {
        reason: 'receipts',
        until: later,
        detail: 'The provider has yet to report whether it took the remaining messages',
      },
    ],
    [
      'recipients that are being selected',
      { left: 0, busy: false, audience_open: true, queueing: true },
      well,
      { reason: 'queueing', detail: 'Recipients are being selected' },
    ],
    [
      'no scheduler, which would select them',
      { left: 0, busy: false, audience_open: true, queueing: true },
      { ...well, plugins: ['worker'] },
      { reason: 'no_scheduler' },
    ],
    ['no scheduler', { busy: false, due_at: earlier }, { ...well, plugins: ['worker'] }, { reason: 'no_scheduler' }],
    ['a pause', { status: 'paused', paused_at: earlier }, open, { reason: 'paused', since: earlier }],
    [
      'a pause by an open audience',
      { status: 'paused', audience_open: true, paused_reason: 'audience_open' },
      open,
      {
        reason: 'paused',
        detail: 'Paused because adding recipients was not finished. Add the rest, or confirm that there are no more',
      },
    ],
    [
      'a pause by a person while the audience is open',
      { status: 'paused', audience_open: true },
      well,
      { reason: 'paused', detail: 'This campaign is paused' },
    ],
    [
      'an open audience, once all who are in have an outcome',
      { left: 0, busy: false, audience_open: true },
      open,
      { reason: 'audience_open', since: null, until: null, detail: 'Recipients are still being added' },
    ],
    ['an open circuit before the open audience', { audience_open: true }, open, { reason: 'circuit_open' }],
    ['its time', { status: 'scheduled', scheduled_at: later }, well, { reason: 'scheduled', until: later }],
    [
      'nobody who starts it',
      { status: 'scheduled', scheduled_at: earlier },
      { ...well, plugins: ['worker'] },
      { reason: 'no_scheduler', since: earlier },
    ],
  ]
  for (const [name, changes, situation, expected] of standing)
    test(`names ${name}`, () => expect(waitingOf({ ...sending, ...changes }, situation, now)).toMatchObject(expected))

  test('is answered with times of RFC 3339', () => {
    expect(viewWaiting(waitingOf(sending, open, now))).toMatchObject({
      since: '2030-01-01T07:59:00.000Z',
      until: '2030-01-01T08:01:00.000Z',
    })
    expect(viewWaiting(null)).toBeNull()
  })
})

describe('sendersOf()', () => {
  const process = (plugins: readonly string[], sms?: string, whatsapp = sms) => ({
    plugins,
    senders: sms === undefined ? null : { sms, whatsapp: whatsapp ?? sms },
  })
  const cases: readonly (readonly [string, Parameters<typeof sendersOf>[0], object])[] = [
    ['nobody runs', [], { sms: null, whatsapp: null }],
    ['all use the mock', [process(['worker'], 'mock')], { sms: 'mock', whatsapp: 'mock' }],
    ['channels differ', [process(['worker'], 'http', 'mock')], { sms: 'http', whatsapp: 'mock' }],
    [
      'only a process that sends nothing uses the mock',
      [process(['campaigns'], 'mock'), process(['worker'], 'http')],
      { sms: 'http', whatsapp: 'http' },
    ],
    ['workers differ', [process(['worker'], 'mock'), process(['worker'], 'http')], { sms: 'http', whatsapp: 'http' }],
    ['one is of an earlier version', [process(['worker'], 'mock'), process(['worker'])], { sms: null, whatsapp: null }],
    ['no worker runs', [process(['campaigns'], 'mock')], { sms: 'mock', whatsapp: 'mock' }],
  ]
  for (const [name, processes, expected] of cases)
    test(`tells the senders where ${name}`, () => expect(sendersOf(processes)).toEqual(expected as never))
})
