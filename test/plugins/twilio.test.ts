/** The kind of sender `twilio`: what it asks, and what it makes of each answer of a fake Twilio in its own process. */
import { afterEach, describe, expect, test } from 'bun:test'
import { openOutcomes } from '../../core/messaging/senders/code-table.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { twilioCodes } from '../../plugins/twilio/codes.ts'
import { twilioKind as kind } from '../../plugins/twilio/plugin.ts'
import type { Answer, Behaviour } from '../support/providers/frame-behaviour.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { twilioAccount } from '../support/providers/twilio-parts.ts'
import { openSender, outbound } from '../support/sender-use.ts'

afterEach(releaseFakes)

const { accountSid, authToken } = twilioAccount
const from = '+15005550006'
const account = { accountSid, authToken, from }

async function setup(behaviour: Partial<Behaviour> = {}, settings = {}, use = {}) {
  const fake = await startFake('twilio', behaviour)
  return { fake, ...openSender(kind, { url: fake.url, ...account, ...settings }, use) }
}

describe('a message', () => {
  test('is accepted under Twilio’s id, with the parts that it charges', async () => {
    const { fake, send } = await setup()
    const text = `Ng’ang’a ${'a'.repeat(70)}`
    const outcome = await send({ text })
    const [accept] = await fake.entries('accept')
    expect(outcome).toEqual({ kind: 'accepted', id: accept?.id ?? '', segments: 2 })
    expect(accept).toMatchObject({ to: outbound.to, from, text, reference: null })
  })

  test('carries our id in the address for its receipts', async () => {
    const { fake, send } = await setup({ fates: { never: 1 } }, {}, { hookUrl: 'https://dispatch.example/hooks/main' })
    expect(await send({ messageId: 'test-1' })).toMatchObject({ kind: 'accepted' })
    expect((await fake.entries('accept'))[0]).toMatchObject({ reference: 'test-1' })
  })

  test('goes to WhatsApp with a prefix before both numbers', async () => {
    const { fake, send } = await setup({}, { from: `whatsapp:${from}` })
    expect(await send({ channel: 'whatsapp' })).toMatchObject({ kind: 'accepted' })
    expect((await fake.entries('accept'))[0]).toMatchObject({ to: outbound.to, from: `whatsapp:${from}` })
  })

  test('goes through a messaging service, which names no parts', async () => {
    const service = `MG${'0'.repeat(32)}`
    const { fake, send } = await setup({}, { from: undefined, messagingServiceSid: service })
    expect(await send()).toEqual({ kind: 'accepted', id: expect.stringMatching(/^SM/) })
    expect((await fake.entries('accept'))[0]).toMatchObject({ from: service })
  })

  test('is sent with the API key where there is one', async () => {
    const { apiKeySid, apiKeySecret } = twilioAccount
    const right = await setup({}, { authToken: 'for receipts only', apiKeySid, apiKeySecret })
    expect(await right.send()).toMatchObject({ kind: 'accepted' })
    const wrong = openSender(kind, { url: right.fake.url, ...account, apiKeySid, apiKeySecret: 'no' })
    expect(await wrong.send()).toEqual({ kind: 'unusable', code: 'provider.account', providerCode: '20003' })
  })
})

describe('an answer of Twilio', () => {
  const unsure: Outcome = { kind: 'unknown', code: 'sender.error' }
  test.each<[Answer, object, Outcome, number]>([
    [
      '429',
      { retryAfterSeconds: 7 },
      { kind: 'throttled', of: 'sender', retryAfterMs: 7000, providerCode: '20429' },
      0,
    ],
    ['429', {}, { kind: 'throttled', of: 'sender', retryAfterMs: 1000, providerCode: '20429' }, 0],
    [
      '429 bare',
      { retryAfterSeconds: 2 },
      { kind: 'throttled', of: 'sender', retryAfterMs: 2000, providerCode: '429' },
      0,
    ],
    ['429 bare', {}, { kind: 'unknown', code: 'provider.unavailable', providerCode: '429' }, 0],
    ['401', {}, { kind: 'unusable', code: 'provider.account', providerCode: '20003' }, 0],
    ['500', {}, { ...unsure, providerCode: '20500' }, 0],
    ['html', {}, unsure, 1],
    ['no id', {}, unsure, 1],
    ['cut', {}, unsure, 1],
  ])('%s %j means %j', async (answer, changes, outcome, taken) => {
    const { fake, send } = await setup({ answers: { [answer]: 1 }, ...changes })
    expect(await send()).toEqual(outcome)
    expect(await fake.entries('accept')).toHaveLength(taken)
  })

  test.each<[Answer, number]>([
    ['hang', 1],
    ['hang unheard', 0],
  ])('%s is unknown once its time is over', async (answer, taken) => {
    const { fake, send } = await setup({ answers: { [answer]: 1 } })
    expect(await send({}, AbortSignal.timeout(300))).toEqual({ kind: 'unknown', code: 'timeout' })
    expect(await fake.entries('accept')).toHaveLength(taken)
  })

  test('that comes late is still an answer', async () => {
    const { send } = await setup({ latencyMs: 300 })
    expect(await send()).toMatchObject({ kind: 'accepted' })
  })

  test('that never came because nobody listens leaves the message for another try', async () => {
    const { send } = openSender(kind, { url: 'http://127.0.0.1:1', ...account })
    expect(await send()).toEqual({ kind: 'rejected', code: 'provider.unreachable', permanent: false })
  })

  test('with a code says what it is about; a code that is in no table is a refusal, and may be given a meaning', async () => {
    const codes = { '1': '21610', '2': '21211', '3': '63041', '4': '30007', '5': '30003', '6': '63049', '7': '99999' }
    const phone = (last: string) => `+25471234567${last}`
    const refuse = Object.fromEntries(Object.entries(codes).map(([last, code]) => [phone(last), code]))
    const { fake, send } = await setup({ refuse })
    const rejected = { kind: 'rejected', permanent: true }
    const outcomes = await Promise.all(Object.keys(codes).map((last) => send({ to: phone(last) })))
    expect(outcomes).toEqual([
      { ...rejected, code: 'recipient.opted_out', about: 'opt_out', providerCode: '21610' },
      { ...rejected, code: 'number.invalid', about: 'number', providerCode: '21211' },
      { ...rejected, code: 'content.refused', about: 'content', providerCode: '63041' },
      { ...rejected, code: 'provider.rejected', providerCode: '30007' },
      { kind: 'rejected', permanent: false, code: 'provider.unavailable', providerCode: '30003' },
      {
        kind: 'rejected',
        permanent: false,
        code: 'recipient.limited',
        retryAfterMs: 86_400_000,
        providerCode: '63049',
      },
      { ...rejected, code: 'provider.rejected', providerCode: '99999' },
    ] as Outcome[])
    const set = openSender(kind, { url: fake.url, ...account }, { codes: '99999=later' })
    expect(await set.send({ to: phone('7') })).toMatchObject({ kind: 'rejected', permanent: false })
  })

  test('under test credentials is that of the magic numbers', async () => {
    const { fake, send } = await setup({ extra: { testCredentials: true } })
    const numbers = ['+15005550001', '+15005550002', '+15005550003', '+15005550004', '+15005550009', '+14155552345']
    const outcomes = await Promise.all(numbers.map((to) => send({ to })))
    expect(outcomes.map((outcome) => ('providerCode' in outcome ? outcome.providerCode : outcome.kind))).toEqual([
      '21211',
      '21612',
      '21408',
      '21610',
      '21614',
      'accepted',
    ])
    const busy = openSender(kind, { url: fake.url, ...account, from: '+15005550008' })
    expect(await busy.send()).toMatchObject({ kind: 'throttled', providerCode: '21611' })
    const foreign = openSender(kind, { url: fake.url, ...account, from: '+15005550007' })
    expect(await foreign.send()).toMatchObject({ kind: 'unusable', providerCode: '21606' })
  })
})

describe('calls at once', () => {
  test('beyond what Twilio takes are throttled, and none is lost or doubled', async () => {
    const { fake, send } = await setup({ latencyMs: 200, maxInFlight: 3 })
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, nth) => send({ messageId: `${nth}` })))
    const accepted = outcomes.filter(({ kind }) => kind === 'accepted')
    expect(accepted).toHaveLength((await fake.entries('accept')).length)
    expect(outcomes.filter(({ kind }) => kind === 'throttled')).toHaveLength(8 - accepted.length)
    expect(accepted.length).toBeGreaterThanOrEqual(3)
    expect(accepted.length).toBeLessThan(8)
  })
})

describe('the account', () => {
  const signal = () => AbortSignal.timeout(5000)

  test('is asked for, and nothing is sent', async () => {
    const { apiKeySid, apiKeySecret } = twilioAccount
    const { fake, sender } = await setup({}, { apiKeySid, apiKeySecret })
    expect(await sender.check?.(signal())).toEqual({ ok: true, detail: 'The account is active' })
    expect((await fake.ledger()).map(({ what }) => what)).toEqual(['request', 'request'])
  })

  test('is not known under a wrong token or key', async () => {
    const { fake, sender } = await setup({}, { authToken: 'wrong' })
    const refused = { ok: false, code: 'provider.account', detail: 'Twilio answered with code 20003' } as const
    expect(await sender.check?.(signal())).toEqual(refused)
    const key = { apiKeySid: twilioAccount.apiKeySid, apiKeySecret: 'wrong' }
    const other = openSender(kind, { url: fake.url, ...account, ...key })
    expect(await other.sender.check?.(signal())).toEqual(refused)
  })

  test('cannot be asked for when nobody listens', async () => {
    const { sender } = openSender(kind, { url: 'http://127.0.0.1:1', ...account })
    expect(await sender.check?.(signal())).toMatchObject({ ok: false, code: 'provider.unreachable' })
  })
})

describe('the settings', () => {
  const url = 'https://api.twilio.com'

  test('name what to send from', () => {
    const open = () => openSender(kind, { url, accountSid, authToken }, { name: 'spare-one' })
    expect(open).toThrow('Set SENDER_SPARE_ONE_FROM or SENDER_SPARE_ONE_MESSAGING_SERVICE_SID')
  })

  test('have a whole API key or none', () => {
    const half = (settings: object) => () => openSender(kind, { url, ...account, ...settings })
    expect(half({ apiKeySid: twilioAccount.apiKeySid })).toThrow('Set SENDER_MAIN_API_KEY_SECRET too, or neither')
    expect(half({ apiKeySecret: 'x' })).toThrow('Set SENDER_MAIN_API_KEY_SID too, or neither')
  })

  test('keep their secrets out of the log and of outcomes', async () => {
    const { send, log, sender } = await setup({ answers: { '401': 1 } })
    const outcome = await send()
    const check = await sender.check?.(AbortSignal.timeout(5000))
    const secret = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
    for (const shown of [JSON.stringify(log), JSON.stringify(outcome), JSON.stringify(check)]) {
      expect(shown).not.toContain(authToken)
      expect(shown).not.toContain(secret)
    }
  })
})

test('every code of the table has one outcome, and none of them is accepted', () => {
  const outcomeOf = openOutcomes(twilioCodes)
  const kinds = [...twilioCodes.keys()].map((code) => outcomeOf(code).kind)
  expect(kinds.length).toBeGreaterThan(80)
  expect(new Set(kinds)).toEqual(new Set(['rejected', 'throttled', 'unusable', 'unknown']))
})
