/** The smsleopard kind against a fake in its own process, and what it makes of answers and delivery reports. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openOutcomes } from '../../core/messaging/senders/code-table.ts'
import { outcomesOf } from '../../plugins/smsleopard/answer.ts'
import { codes } from '../../plugins/smsleopard/codes.ts'
import { smsLeopardKind as kind } from '../../plugins/smsleopard/plugin.ts'
import {
  AMINA,
  BARAKA,
  CHEBET,
  messagesTo,
  never,
  openBatchSender,
  receiptsOf,
  releaseBatchSenders,
  TOKEN,
} from '../support/batch-sender.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { openSender } from '../support/sender-use.ts'

setDefaultTimeout(30_000)
const servers = new Set<{ stop(closeAll: true): unknown }>()
afterEach(async () => {
  await releaseBatchSenders()
  for (const server of servers) await server.stop(true)
  servers.clear()
})

const account = { apiKey: 'key', apiSecret: 'secret', from: 'SMS_Leopard', hookToken: TOKEN }
const setup = (behaviour: Partial<Behaviour> = {}) => openBatchSender('smsleopard', kind, account, () => behaviour)

/** A provider that remembers what it was sent. */
function recorder(hookToken?: string) {
  const bodies: unknown[] = []
  const fetch = async (request: Request) => {
    bodies.push(await request.json(), request.headers.get('authorization'))
    return Response.json({ success: true, recipients: [] }, { status: 201 })
  }
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch })
  servers.add(server)
  const { apiKey, apiSecret, from } = account
  const settings = { url: server.url.origin, apiKey, apiSecret, from, ...(hookToken && { hookToken }) }
  return { bodies, ...openSender(kind, settings, { hookUrl: 'https://example.org/hooks/main' }) }
}

describe('send()', () => {
  test('makes one call for a batch, with a text for each', async () => {
    const { fake, send } = await setup()
    const outcomes = await send(messagesTo([AMINA, BARAKA, CHEBET], (nth) => `Habari ${nth}`))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted'])
    expect((await fake.entries('call')).map(({ messages }) => messages)).toEqual([3])
    const accepts = await fake.entries('accept')
    expect(accepts.map(({ to, text, from }) => `${to} ${text} ${from}`)).toEqual([
      `${AMINA} Habari 0 SMS_Leopard`,
      `${BARAKA} Habari 1 SMS_Leopard`,
      `${CHEBET} Habari 2 SMS_Leopard`,
    ])
  })

  test('asks with the account’s key, for receipts at an address that nobody can guess', async () => {
    const { bodies, sender } = recorder(TOKEN)
    await sender.send(
      messagesTo([AMINA, BARAKA], (nth) => `Habari ${nth}`),
      never,
    )
    expect(bodies).toEqual([
      {
        source: 'SMS_Leopard',
        multi: true,
        message: '{message}',
        destination: [
          { number: AMINA, message: 'Habari 0' },
          { number: BARAKA, message: 'Habari 1' },
        ],
        status_url: `https://example.org/hooks/main/${TOKEN}`,
        status_secret: TOKEN,
      },
      `Basic ${btoa('key:secret')}`,
    ])
  })

  test('gives one text once where all share it, and asks for no receipts without a token', async () => {
    const { bodies, sender } = recorder()
    await sender.send(messagesTo([AMINA, BARAKA]), never)
    expect(bodies[0]).toEqual({
      source: 'SMS_Leopard',
      message: 'Habari!',
      destination: [{ number: AMINA }, { number: BARAKA }],
    })
    expect(sender.hook).toBeUndefined()
  })

  test('makes a call of its own for a second message to a number', async () => {
    const { fake, send } = await setup({ reorder: true })
    const outcomes = await send(messagesTo([AMINA, BARAKA, AMINA], (nth) => `Habari ${nth}`))
    const texts = new Map((await fake.entries('accept')).map(({ id, text }) => [id, text]))
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && texts.get(outcome.id))).toEqual([
      'Habari 0',
      'Habari 1',
      'Habari 2',
    ])
  })

  test('refuses the numbers that the provider finds invalid: among others, and when there are no others', async () => {
    const { send } = await setup({ refuse: { [BARAKA]: 'invalid_phone', [CHEBET]: 'invalid_phone' } })
    const invalid = { kind: 'rejected', permanent: true, code: 'number.invalid', about: 'number' }
    expect(await send(messagesTo([AMINA, BARAKA]))).toMatchObject([{ kind: 'accepted' }, invalid])
    expect(await send(messagesTo([BARAKA, CHEBET]))).toMatchObject([invalid, invalid])
  })

  test.each([
    ['429', { kind: 'throttled', retryAfterMs: 7000 }],
    ['500', { kind: 'unknown', providerCode: '500' }],
    ['401', { kind: 'unusable', code: 'provider.account' }],
    ['cut', { kind: 'unknown' }],
    ['html', { kind: 'unknown', providerCode: '201' }],
    ['no id', { kind: 'unknown', providerCode: 'queued' }],
  ] as const)('of an answer "%s" gives %j', async (answer, outcome) => {
    const { send } = await setup({ answers: { [answer]: 1 }, retryAfterSeconds: 7 })
    for (const one of await send(messagesTo([AMINA, BARAKA]))) expect(one).toMatchObject(outcome)
  })

  test('counts those as unknown whom the answer leaves out', async () => {
    const { send } = await setup({ answers: { partial: 1 } })
    const outcomes = await send(messagesTo([AMINA, BARAKA, CHEBET]))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'unknown', 'accepted'])
  })
})

test('check() tells the balance, and sends nothing', async () => {
  const { fake, sender } = await setup()
  expect(await sender.check?.(never)).toEqual({ ok: true, detail: 'Balance: 512.3' })
  expect((await fake.counts()).calls).toBe(0)
})

describe('outcomesOf()', () => {
  const outcome = (status: number, json: unknown) =>
    outcomesOf(
      messagesTo([AMINA]),
      { kind: 'answer', status, headers: new Headers(), text: '', json, retryAfterMs: undefined },
      openOutcomes(codes),
    )[0]
  const taken = (...recipients: unknown[]) => ({ success: true, message: 'Sent', recipients })

  test.each([
    [201, taken({ id: 'a', number: '254712345678', status: 'queued' }), { kind: 'accepted', id: 'a' }],
    [200, taken({ id: 'a', number: AMINA, status: 'queued' }), { kind: 'accepted', id: 'a' }],
    [201, taken({ id: 'a', number: AMINA, status: 'held' }), { kind: 'unknown', providerCode: 'held' }],
    [201, taken({ id: '', number: AMINA, status: 'held' }), { kind: 'rejected', providerCode: 'held' }],
    [201, taken('queued'), { kind: 'unknown' }],
    [201, taken(), { kind: 'unknown' }],
    [201, { success: true, recipients: null }, { kind: 'unknown' }],
    [400, { success: false, message: 'No valid recipients', recipients: null }, { code: 'number.invalid' }],
    [400, { success: false, message: 'invalid source', recipients: null }, { about: 'content', providerCode: '400' }],
    [400, undefined, { kind: 'rejected', permanent: true, providerCode: '400' }],
    [429, undefined, { kind: 'unknown', providerCode: '429' }],
    [502, undefined, { kind: 'unknown', providerCode: '502' }],
  ])('of %p %j gives %j', (status, json, expected) => expect(outcome(status, json)).toMatchObject(expected))
})

describe('the hook', () => {
  test.each([false, true])('reads the reports that the fake posts, as forms: %p', async (form) => {
    const { hook, send } = await setup({ extra: { form } })
    const [outcome] = await send(messagesTo([AMINA]))
    await hook.until(2)
    const providerId = outcome?.kind === 'accepted' ? outcome.id : ''
    const at = expect.any(Number)
    const receipts = receiptsOf(hook)
    expect(receipts).toEqual([
      { providerId, delivery: 'delivered', at },
      { providerId, delivery: 'submitted', at },
    ])
    expect(Math.abs((receipts[0]?.at ?? 0) - Date.now())).toBeLessThan(30_000)
  })

  test.each([
    ['undelivered', { delivery: 'undelivered', providerCode: 'UNDELIV' }],
    ['opted_out', { delivery: 'undelivered', providerCode: 'SenderName Blacklisted', about: 'opt_out' }],
  ] as const)('reads what became of a message that is %s', async (fate, receipt) => {
    const { hook, send } = await setup({ fates: { [fate]: 1 } })
    await send(messagesTo([AMINA]))
    await hook.until(fate === 'undelivered' ? 2 : 1)
    expect(receiptsOf(hook).at(-1)).toMatchObject(receipt)
  })

  test.each(['wrong', 'missing'] as const)('refuses a post whose token is %s', async (signature) => {
    const { hook, send } = await setup({ signature, retries: 0 })
    await send(messagesTo([AMINA]))
    expect(await hook.until(2)).toEqual(Array(2).fill({ kind: 'refused', why: 'signature' }))
  })

  const { hook } = openSender(kind, { url: 'http://127.0.0.1:1', ...account }).sender
  const answerTo = (body: string) =>
    hook?.({ method: 'POST', url: '', path: TOKEN, headers: new Headers(), body: new TextEncoder().encode(body) })

  test('takes several reports in one post, and none of a status that says nothing', () => {
    const reports = [
      { id: 'a', status: 'delivrd', time: '1795903200' },
      { id: 'b', status: 'UNKNOWN', time: 1795903200 },
      { id: 'c', status: 'EXPIRED', reason: null, time: 'soon' },
    ]
    expect(answerTo(JSON.stringify(reports))).toEqual({
      kind: 'taken',
      inbound: [],
      receipts: [
        { providerId: 'a', delivery: 'delivered', at: 1_795_903_200_000 },
        { providerId: 'c', delivery: 'undelivered', providerCode: 'EXPIRED' },
      ],
    })
  })

  test.each([
    [''],
    ['{}'],
    ['null'],
    ['{"id":"a"}'],
    ['[{"id":"a","status":"DELIVRD"},{"id":"\\u0000","status":"DELIVRD"}]'],
  ])('refuses a body %j', (body) => expect(answerTo(body)).toEqual({ kind: 'refused', why: 'body' }))
})
