/** Calls of the africastalking kind to a fake in its own process, and what it makes of answers. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openOutcomes } from '../../core/messaging/senders/code-table.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import type { ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'
import { outcomesOf, untilLagosMorning } from '../../plugins/africastalking/answer.ts'
import { codes } from '../../plugins/africastalking/codes.ts'
import { africasTalkingKind as kind } from '../../plugins/africastalking/plugin.ts'
import {
  AMINA,
  BARAKA,
  CHEBET,
  messagesTo,
  never,
  openBatchSender,
  releaseBatchSenders,
} from '../support/batch-sender.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { openSender } from '../support/sender-use.ts'
import { until } from '../support/server-process-wait.ts'

setDefaultTimeout(30_000)
afterEach(releaseBatchSenders)

const account = { username: 'acme', apiKey: 'key', from: 'ACME' }
const setup = (behaviour: Partial<Behaviour> = {}) =>
  openBatchSender('africastalking', kind, account, () => ({ fates: { never: 1 }, ...behaviour }))

const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind)

describe('send()', () => {
  test('makes one call for each text, and none for two messages to one number', async () => {
    const { fake, send } = await setup()
    const texts = ['Habari!', 'Jambo!', 'Habari!', 'Habari!']
    const outcomes = await send(messagesTo([AMINA, BARAKA, CHEBET, AMINA], (nth) => texts[nth] ?? ''))
    expect(kinds(outcomes)).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
    expect((await fake.entries('call')).map(({ messages }) => messages).sort()).toEqual([1, 1, 2])
    const accepts = await fake.entries('accept')
    expect(accepts.map(({ to, text, from }) => `${to} ${text} ${from}`).sort()).toEqual([
      `${AMINA} Habari! ACME`,
      `${AMINA} Habari! ACME`,
      `${BARAKA} Jambo! ACME`,
      `${CHEBET} Habari! ACME`,
    ])
    const ids = new Map(accepts.map(({ id, to }) => [id, to]))
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && ids.get(outcome.id))).toEqual([
      AMINA,
      BARAKA,
      CHEBET,
      AMINA,
    ])
  })

  test('finds each recipient by number, whatever their order, with refusals among them', async () => {
    const { send } = await setup({ reorder: true, refuse: { [BARAKA]: '406', [CHEBET]: '403' } })
    const [first, ...refused] = await send(messagesTo([AMINA, BARAKA, CHEBET]))
    expect(first?.kind).toBe('accepted')
    expect(refused).toEqual([
      { kind: 'rejected', permanent: true, code: 'recipient.opted_out', about: 'opt_out', providerCode: '406' },
      { kind: 'rejected', permanent: true, code: 'number.invalid', about: 'number', providerCode: '403' },
    ])
  })

  test('takes 200 for success as well, and answers that have a status alone', async () => {
    const { send } = await setup({ extra: { status: 200, words: true }, refuse: { [BARAKA]: '405' } })
    expect(await send(messagesTo([AMINA, BARAKA]))).toEqual([
      { kind: 'accepted', id: expect.stringMatching(/^ATXid_/) },
      { kind: 'unusable', code: 'provider.account', providerCode: 'InsufficientBalance' },
    ])
  })

  test.each([
    ['429', { kind: 'throttled', retryAfterMs: 7000 }],
    ['429 bare', { kind: 'throttled', retryAfterMs: 7000 }],
    ['500', { kind: 'unknown', providerCode: '500' }],
    ['401', { kind: 'unusable', code: 'provider.account' }],
    ['cut', { kind: 'unknown' }],
    ['html', { kind: 'unknown', providerCode: '201' }],
    ['no id', { kind: 'unknown', providerCode: '101' }],
    ['empty', { kind: 'rejected', about: 'content', providerCode: 'EmptyRecipients' }],
  ] as const)('of an answer "%s" gives %j', async (answer, outcome) => {
    const { send } = await setup({ answers: { [answer]: 1 }, retryAfterSeconds: 7 })
    for (const one of await send(messagesTo([AMINA, BARAKA]))) expect(one).toMatchObject(outcome)
  })

  test('counts those as unknown whom the answer leaves out', async () => {
    const { send } = await setup({ answers: { partial: 1 } })
    expect(kinds(await send(messagesTo([AMINA, BARAKA, CHEBET])))).toEqual(['accepted', 'unknown', 'accepted'])
  })

  test('stops the sender when its own sender id is not known', async () => {
    const { send } = await setup({ extra: { senderIds: ['OTHER'] } })
    const outcome = { kind: 'unusable', code: 'provider.account', providerCode: 'InvalidSenderId' } as const
    expect(await send(messagesTo([AMINA, BARAKA]))).toEqual([outcome, outcome])
  })

  test('is unknown for what hung when its time was over, and not started for the rest', async () => {
    const { fake, send } = await setup({ answers: { hang: 1 } })
    const stop = new AbortController()
    const numbers = Array.from({ length: 10 }, (_, nth) => `+2547123456${10 + nth}`)
    const sent = send(
      messagesTo(numbers, (nth) => `Habari ${nth}`),
      stop.signal,
    )
    await until('eight calls hang', async () => (await fake.counts()).accepts === 8)
    stop.abort()
    const outcomes = await sent
    expect(outcomes.slice(0, 8)).toEqual(Array(8).fill({ kind: 'unknown', code: 'timeout' }))
    expect(outcomes.slice(8)).toEqual(Array(2).fill({ kind: 'throttled', of: 'recipient', retryAfterMs: 1000 }))
    expect((await fake.counts()).calls).toBe(8)
  })

  test('is worth another try when nobody listens', async () => {
    const { sender } = openSender(kind, { url: 'http://127.0.0.1:1', ...account })
    expect(await sender.send(messagesTo([AMINA]), never)).toEqual([
      { kind: 'rejected', code: 'provider.unreachable', permanent: false },
    ])
  })
})

describe('check()', () => {
  test('tells the balance, and sends nothing', async () => {
    const { fake, sender } = await setup()
    expect(await sender.check?.(never)).toEqual({ ok: true, detail: 'Balance: KES 1785.5000' })
    expect((await fake.counts()).calls).toBe(0)
  })

  test('tells of credentials that are refused, without them', async () => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('no', { status: 401 }) })
    const { sender } = openSender(kind, { url: server.url.origin, ...account })
    expect(await sender.check?.(never)).toEqual({
      ok: false,
      code: 'provider.account',
      detail: "Africa's Talking answered with code 401",
    })
    await server.stop(true)
  })
})

describe('outcomesOf()', () => {
  const [message] = messagesTo([AMINA]) as [OutboundMessage]
  const answer = (status: number, json: unknown): ProviderAnswer => ({
    kind: 'answer',
    status,
    headers: new Headers(),
    text: '',
    json,
    retryAfterMs: undefined,
  })
  const outcome = (status: number, json: unknown, nowMs = 0) =>
    outcomesOf([message], answer(status, json), openOutcomes(codes), nowMs)[0]
  const recipients = (...Recipients: unknown[]) => ({ SMSMessageData: { Message: 'Sent to 1/1', Recipients } })

  test('takes the only recipient for the only message where the answer has no number', () => {
    expect(outcome(200, recipients({ status: 'Success', messageId: '1002' }))).toEqual({ kind: 'accepted', id: '1002' })
    expect(outcome(200, recipients({ status: 'Failed' }))).toMatchObject({ kind: 'rejected', permanent: true })
  })

  test.each([
    [
      { number: '254712345678', statusCode: 100, messageId: 'a' },
      { kind: 'accepted', id: 'a' },
    ],
    [{ number: AMINA, statusCode: 101, messageId: 'None' }, { kind: 'unknown' }],
    [{ number: AMINA, statusCode: 101, messageId: 'a\0' }, { kind: 'unknown' }],
    [{ number: BARAKA, statusCode: 101, messageId: 'a' }, { kind: 'unknown' }],
    [
      { number: AMINA, statusCode: 999, messageId: 'a' },
      { kind: 'unknown', providerCode: '999' },
    ],
    [
      { number: AMINA, statusCode: 999, messageId: 'None' },
      { kind: 'rejected', providerCode: '999', permanent: true },
    ],
    [
      { number: AMINA, statusCode: 500, messageId: 'None' },
      { kind: 'rejected', permanent: false },
    ],
    [{ number: AMINA, statusCode: 402, messageId: 'None' }, { kind: 'unusable' }],
    ['Success', { kind: 'unknown' }],
  ])('of recipient %j gives %j', (recipient, expected) =>
    expect(outcome(201, recipients(recipient))).toMatchObject(expected),
  )

  test.each([[null], ['OK'], [[]], [{}], [{ SMSMessageData: null }], [{ SMSMessageData: { Recipients: null } }]])(
    'is in doubt for a body %j without recipients',
    (json) => expect(outcome(201, json)).toMatchObject({ kind: 'unknown', providerCode: '201' }),
  )

  test('never repeats a sentence of the provider', () => {
    const json = { SMSMessageData: { Message: `${AMINA} is not allowed`, Recipients: [] } }
    expect(JSON.stringify(outcome(201, json))).not.toContain('254')
  })

  test('tries a promotion again at 08:00 in Lagos when it comes at night', () => {
    const night = Date.UTC(2026, 10, 28, 21, 30)
    const later = { kind: 'rejected', permanent: false, retryAfterMs: 9.5 * 3_600_000, providerCode: '409' }
    expect(outcome(409, 'DoNotDisturbRejection', night)).toMatchObject(later)
    expect(outcome(201, recipients({ number: AMINA, statusCode: 409 }), night)).toMatchObject(later)
    expect(untilLagosMorning(Date.UTC(2026, 10, 28, 7))).toBe(24 * 3_600_000)
    expect(untilLagosMorning(Date.UTC(2026, 10, 28, 6, 59))).toBe(60_000)
  })

  test('takes an operator’s meaning before the table’s', () => {
    const overridden = openOutcomes(codes, new Map([['407', 'later']]))
    const [one] = outcomesOf([message], answer(201, recipients({ number: AMINA, statusCode: 407 })), overridden, 0)
    expect(one).toMatchObject({ kind: 'rejected', permanent: false })
  })
})
