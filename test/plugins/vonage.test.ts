/** The kind of sender `vonage`: what it asks, and what it makes of each answer of a fake Vonage in its own process. */
import { afterEach, describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { systemClock } from '../../core/clock.ts'
import { openOutcomes } from '../../core/messaging/senders/code-table.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { vonageCodes } from '../../plugins/vonage/codes.ts'
import { vonageKind as kind } from '../../plugins/vonage/plugin.ts'
import type { Answer, Behaviour } from '../support/providers/frame-behaviour.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { vonageAccount } from '../support/providers/vonage-parts.ts'
import { openSender, outbound } from '../support/sender-use.ts'

afterEach(releaseFakes)

const { applicationId, apiKey, apiSecret } = vonageAccount
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const application = { applicationId, privateKey: pair.privateKey }
const account = { apiKey, apiSecret }
const from = 'Dukani'

async function setup(behaviour: Partial<Behaviour> = {}, settings: object = application, use = {}) {
  const fake = await startFake('vonage', { ...behaviour, extra: { publicKey: pair.publicKey, ...behaviour.extra } })
  return { fake, ...openSender(kind, { url: fake.url, from, ...settings }, use) }
}

describe('a message', () => {
  test('is accepted under Vonage’s id, and carries our own', async () => {
    const { fake, send } = await setup()
    const outcome = await send({ text: 'Ng’ang’a' })
    const [accept] = await fake.entries('accept')
    expect(outcome).toEqual({ kind: 'accepted', id: accept?.id ?? '' })
    expect(accept).toMatchObject({ to: outbound.to, from, text: 'Ng’ang’a', reference: outbound.messageId })
  })

  test('is signed by the application, with a key on one line or on many', async () => {
    const { fake, send } = await setup({}, { ...application, privateKey: pair.privateKey.replaceAll('\n', '\\n') })
    expect(await send()).toMatchObject({ kind: 'accepted' })
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    })
    const wrong = openSender(kind, { url: fake.url, from, applicationId, privateKey: String(other) })
    expect(await wrong.send()).toEqual({ kind: 'unusable', code: 'provider.account', providerCode: 'unauthorized' })
  })

  test('is sent with a token that is made anew before the last one ends', async () => {
    let behind = 901_000
    const { send } = await setup({}, application, { clock: { ...systemClock, now: () => Date.now() - behind } })
    // By the fake's clock this token is over.
    expect(await send()).toMatchObject({ kind: 'unusable' })
    behind = 0
    expect(await send()).toMatchObject({ kind: 'accepted' })
  })

  test('is sent with the account’s key and secret where there is no application', async () => {
    const { send } = await setup({}, account)
    expect(await send()).toMatchObject({ kind: 'accepted' })
  })
})

describe('an answer of Vonage', () => {
  const unsure: Outcome = { kind: 'unknown', code: 'sender.error' }
  test.each<[Answer, object, Outcome, number]>([
    ['429', { retryAfterSeconds: 3 }, { kind: 'throttled', of: 'sender', retryAfterMs: 3000, providerCode: '1000' }, 0],
    ['429', {}, { kind: 'throttled', of: 'sender', retryAfterMs: 1000, providerCode: '1000' }, 0],
    ['429 bare', {}, { kind: 'unknown', code: 'provider.unavailable', providerCode: '429' }, 0],
    ['401', {}, { kind: 'unusable', code: 'provider.account', providerCode: 'unauthorized' }, 0],
    ['500', {}, { ...unsure, providerCode: '1030' }, 0],
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

  test('with a code says what it is about', async () => {
    const codes = ['1240', '1170', '1120', '1022', '1100', '1320', '1999']
    const phone = (nth: number) => `+25471234567${nth}`
    const { send } = await setup({ refuse: Object.fromEntries(codes.map((code, nth) => [phone(nth), code])) })
    const outcomes = await Promise.all(codes.map((_, nth) => send({ to: phone(nth) })))
    const rejected = { kind: 'rejected', permanent: true } as const
    expect(outcomes).toEqual([
      { ...rejected, code: 'recipient.opted_out', about: 'opt_out', providerCode: '1240' },
      { ...rejected, code: 'number.invalid', about: 'number', providerCode: '1170' },
      { kind: 'unusable', code: 'provider.account', providerCode: '1120' },
      { ...rejected, code: 'content.refused', about: 'content', providerCode: '1022' },
      { kind: 'rejected', permanent: false, code: 'provider.unavailable', providerCode: '1100' },
      // Sent by an earlier call, whose id nobody has told: its receipt does.
      { ...unsure, providerCode: '1320' },
      { ...rejected, code: 'provider.rejected', providerCode: '1999' },
    ])
  })
})

describe('the account', () => {
  const signal = () => AbortSignal.timeout(5000)

  test('is asked for by its key and secret, and nothing is sent', async () => {
    const { fake, sender } = await setup({}, { ...application, ...account })
    expect(await sender.check?.(signal())).toEqual({ ok: true, detail: 'Vonage accepts the API key and its secret' })
    expect((await fake.ledger()).map(({ what }) => what)).toEqual(['request'])
    const wrong = openSender(kind, { url: fake.url, from, apiKey, apiSecret: 'wrong' })
    const detail = 'Vonage answered with code unauthorized'
    expect(await wrong.sender.check?.(signal())).toEqual({ ok: false, code: 'provider.account', detail })
  })

  test('cannot be asked for by an application alone', async () => {
    const { sender } = await setup()
    expect(sender.check).toBeUndefined()
  })
})

describe('the settings', () => {
  const url = 'https://api.nexmo.com'
  const hookUrl = 'https://dispatch.example/hooks/main'
  const open =
    (settings: object, use = {}) =>
    () =>
      openSender(kind, { url, from, ...settings }, use)

  test('have an application and its key, or a key and its secret', () => {
    const message =
      'Set SENDER_MAIN_APPLICATION_ID and SENDER_MAIN_PRIVATE_KEY, or SENDER_MAIN_API_KEY and SENDER_MAIN_API_SECRET'
    for (const settings of [
      {},
      { applicationId },
      { privateKey: pair.privateKey },
      { apiKey },
      { ...account, applicationId },
    ])
      expect(open(settings)).toThrow(message)
  })

  test('have a key that can sign', () => {
    const line = 'SENDER_MAIN_PRIVATE_KEY is not an RSA private key in PEM form'
    expect(open({ applicationId, privateKey: 'none' })).toThrow(line)
    const curve = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
    expect(open({ applicationId, privateKey: String(curve) })).toThrow(line)
  })

  test('have a signature secret where receipts can come', () => {
    expect(open(application, { hookUrl })).toThrow('Set SENDER_MAIN_SIGNATURE_SECRET, or remove PUBLIC_URL')
    expect(open(application)().sender.hook).toBeUndefined()
  })

  test('say that receipts need an application', () => {
    const { log } = open({ ...account, signatureSecret: 'x' }, { hookUrl })()
    expect(JSON.stringify(log)).toContain('set SENDER_MAIN_APPLICATION_ID and SENDER_MAIN_PRIVATE_KEY')
    expect(JSON.stringify(log)).not.toContain(apiSecret)
  })
})

test('every code of the table has one outcome, and none of them is accepted without an id', () => {
  const outcomeOf = openOutcomes(vonageCodes)
  const kinds = [...vonageCodes.keys()].map((code) => outcomeOf(code).kind)
  expect(kinds.length).toBeGreaterThan(40)
  expect(new Set(kinds)).toEqual(new Set(['rejected', 'throttled', 'unusable', 'unknown']))
})
