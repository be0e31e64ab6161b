/** The Infobip sender against a fake: batches, refusals inside a 200, ids that were used before, and a call refused as a whole. */
import { afterEach, describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import { infobipKind as kind } from '../../plugins/infobip/plugin.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { infobipAccount } from '../support/providers/infobip-account.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { openSender, outbound } from '../support/sender-use.ts'

afterEach(releaseFakes)

const batchOf = (count: number) =>
  Array.from({ length: count }, (_, nth): OutboundMessage => {
    const to = `+2547123${String(nth).padStart(5, '0')}`
    return { ...outbound, messageId: String(nth + 1), to, text: `Habari ${nth + 1}` }
  })
const phone = batchOf(1)[0]?.to ?? ''
const id = (messageId: string) => `${infobipAccount.idPrefix}${messageId}`

interface Changes {
  readonly apiKey?: string
  readonly url?: string
  /** `SENDER_<NAME>_CODES`. */
  readonly codes?: string
}

async function setup(behaviour: Partial<Behaviour> = {}, { codes = '', ...settings }: Changes = {}) {
  const fake = await startFake('infobip', behaviour)
  const { sender } = openSender(kind, { ...infobipAccount, url: fake.url, ...settings }, { codes })
  const send = (batch: readonly OutboundMessage[], signal = AbortSignal.timeout(sender.timeoutMs)) =>
    sender.send(batch, signal)
  const sendOne = async (changes: Partial<OutboundMessage> = {}, signal?: AbortSignal): Promise<Outcome> =>
    (await send([{ ...(batchOf(1)[0] as OutboundMessage), ...changes }], signal))[0] as Outcome
  /** Our ids of what was taken, in the order in which it was. */
  const acceptedIds = async () => (await fake.entries('accept')).map(({ reference }) => reference)
  return { fake, sender, send, sendOne, acceptedIds }
}

describe('a batch', () => {
  test('is one call with a text, an id and an outcome for each message', async () => {
    const { fake, send } = await setup()
    const batch = batchOf(100)
    const accepted = batch.map(({ messageId }) => ({ kind: 'accepted', id: id(messageId), segments: 1 }) as Outcome)
    expect(await send(batch)).toEqual(accepted)
    expect(await fake.counts()).toMatchObject({ calls: 1, accepts: 100 })
    const accepts = await fake.entries('accept')
    expect(accepts.map(({ to, text }) => ({ to, text }))).toEqual(batch.map(({ to, text }) => ({ to, text })))
  })

  test('has the form that Infobip documents', async () => {
    let body: unknown
    const net = {
      fetch: async (_url: unknown, init?: RequestInit) => {
        body = JSON.parse(String(init?.body))
        return Response.json({ messages: [] })
      },
    }
    const { sender } = openSender(kind, { ...infobipAccount, url: 'http://127.0.0.1' }, { net })
    await sender.send(batchOf(2), new AbortController().signal)
    const closed = { additionalProperties: false }
    const destination = Type.Object(
      { to: Type.String({ pattern: '^\\d{1,64}$' }), messageId: Type.String({ maxLength: 200 }) },
      closed,
    )
    const message = Type.Object(
      {
        sender: Type.String(),
        destinations: Type.Array(destination),
        content: Type.Object({ text: Type.String() }, closed),
      },
      closed,
    )
    const options = Type.Object({ includeSmsCountInResponse: Type.Boolean() }, closed)
    const schema = Type.Object({ messages: Type.Array(message), options }, closed)
    expect([...Value.Errors(schema, body)]).toEqual([])
  })

  test('gets its outcomes by ids, not by their order', async () => {
    const { send } = await setup({ reorder: true, refuse: { [phone]: 'status-52' } })
    const kinds = (await send(batchOf(4))).map((outcome) => outcome.kind)
    expect(kinds).toEqual(['rejected', 'accepted', 'accepted', 'accepted'])
  })

  test('that is answered in part leaves the rest in doubt', async () => {
    const { send } = await setup({ answers: { partial: 1 } })
    const kinds = (await send(batchOf(4))).map((outcome) => outcome.kind)
    expect(kinds).toEqual(['accepted', 'unknown', 'accepted', 'unknown'])
  })

  test('of long texts says how many parts are charged', async () => {
    const { sendOne } = await setup()
    expect(await sendOne({ text: 'a'.repeat(306) })).toMatchObject({ kind: 'accepted', segments: 2 })
  })
})

describe('a refusal inside a 200', () => {
  test.each([
    ['status-52', { kind: 'rejected', permanent: true, about: 'number' }],
    ['status-10', { kind: 'rejected', permanent: true, about: 'opt_out' }],
    ['status-25', { kind: 'rejected', permanent: true, about: 'content' }],
    ['status-20', { kind: 'rejected', permanent: false }],
    ['status-12', { kind: 'unusable', code: 'provider.account' }],
    ['status-6', { kind: 'rejected', permanent: true, code: 'provider.rejected' }],
  ])('with %s', async (code, outcome) => {
    const { sendOne } = await setup({ refuse: { [phone]: code } })
    expect(await sendOne()).toMatchObject({ ...outcome, providerCode: code })
  })

  test('has the meaning that the operator gives it', async () => {
    const { sendOne } = await setup({ refuse: { [phone]: 'status-6' } }, { codes: 'status-6=bad_number' })
    expect(await sendOne()).toMatchObject({ about: 'number' })
  })
})

describe('an answer', () => {
  const unknown = { kind: 'unknown' }
  test.each<[string, Partial<Behaviour>, object]>([
    [
      'its own 429',
      { answers: { 429: 1 }, retryAfterSeconds: 2 },
      { kind: 'throttled', retryAfterMs: 2000, providerCode: 'E429' },
    ],
    ['a 429 of a proxy', { answers: { '429 bare': 1 } }, unknown],
    ['a 500', { answers: { 500: 1 } }, unknown],
    ['a 401', { answers: { 401: 1 } }, { kind: 'unusable', code: 'provider.account', providerCode: 'E401' }],
    ['a page instead of JSON', { answers: { html: 1 } }, unknown],
    ['no ids', { answers: { 'no id': 1 } }, unknown],
    ['half of itself', { answers: { cut: 1 } }, unknown],
    ['no messages', { answers: { empty: 1 } }, unknown],
  ])('with %s', async (_what, behaviour, outcome) => {
    const { send } = await setup(behaviour)
    expect(await send(batchOf(2))).toMatchObject([outcome, outcome])
  })

  test('of an older endpoint is understood too', async () => {
    const body = { requestError: { serviceException: { messageId: 'UNAUTHORIZED', text: 'Invalid login details' } } }
    const net = { fetch: async () => Response.json(body, { status: 401 }) }
    const { send } = openSender(kind, { ...infobipAccount, url: 'http://127.0.0.1' }, { net })
    expect(await send()).toEqual({ kind: 'unusable', code: 'provider.account', providerCode: 'UNAUTHORIZED' })
  })

  test('that never comes leaves the message in doubt, and asking again delivers it once', async () => {
    const { fake, sendOne, acceptedIds } = await setup({ answers: { hang: 1 } })
    const call = new AbortController()
    const sent = sendOne({}, call.signal)
    while ((await fake.counts()).accepts === 0) await Bun.sleep(5)
    call.abort()
    expect(await sent).toEqual({ kind: 'unknown', code: 'timeout' })
    await fake.behave({ answers: {} })
    expect(await sendOne()).toEqual({ kind: 'accepted', id: id('1') })
    expect(await acceptedIds()).toEqual([id('1')])
  })
})

describe('an id that was used before', () => {
  test('is accepted when the logs say that its message left', async () => {
    const { fake, send, acceptedIds } = await setup({ answers: { cut: 1 } })
    const batch = batchOf(20)
    expect(await send(batch)).toMatchObject(Array(20).fill({ kind: 'unknown' }))
    await fake.behave({ answers: {} })
    expect(await send(batch)).toEqual(batch.map(({ messageId }) => ({ kind: 'accepted', id: id(messageId) })))
    expect(await acceptedIds()).toEqual(batch.map(({ messageId }) => id(messageId)))
    // One question for all of them.
    expect(await fake.entries('request')).toMatchObject([{ method: 'GET', path: '/sms/3/logs', status: 200 }])
  })

  test('of a message that was refused is replaced by another, and the message is sent', async () => {
    const { fake, sendOne, acceptedIds } = await setup({
      refuse: { [phone]: 'status-12' },
      extra: { keepsRefused: true },
    })
    expect(await sendOne()).toMatchObject({ kind: 'unusable', providerCode: 'status-12' })
    await fake.behave({ refuse: {} })
    expect(await sendOne()).toMatchObject({ kind: 'accepted', id: `${id('1')}~2` })
    // A crash before this was written down: the same message again.
    expect(await sendOne()).toMatchObject({ kind: 'accepted', id: `${id('1')}~2` })
    expect(await acceptedIds()).toEqual([`${id('1')}~2`])
  })

  test('of a message that was refused is taken again where Infobip forgets it', async () => {
    const { fake, sendOne, acceptedIds } = await setup({ refuse: { [phone]: 'status-12' } })
    await sendOne()
    await fake.behave({ refuse: {} })
    expect(await sendOne()).toMatchObject({ kind: 'accepted', id: id('1') })
    expect(await acceptedIds()).toEqual([id('1')])
  })

  test.each([
    ['the key may not read logs', { noLogs: true }],
    ['the logs name another phone', { logsOf: '+254700000000' }],
  ])('stays in doubt when %s', async (_what, extra) => {
    const { fake, sendOne } = await setup({ answers: { cut: 1 }, extra })
    await sendOne()
    await fake.behave({ answers: {} })
    const outcome = await sendOne()
    expect(outcome).toEqual({ kind: 'unknown', code: 'sender.error', providerCode: 'status-23' })
  })

  test('counts as accepted where the operator says so', async () => {
    const { fake, sendOne } = await setup(
      { answers: { cut: 1 }, extra: { noLogs: true } },
      { codes: 'status-23=accepted' },
    )
    await sendOne()
    await fake.behave({ answers: {} })
    expect(await sendOne()).toEqual({ kind: 'accepted', id: id('1') })
  })

  test('is never sent a second time, however calls end', async () => {
    const { fake, send, acceptedIds } = await setup({
      answers: { cut: 0.2, 500: 0.1, html: 0.2, '429 bare': 0.1, partial: 0.2 },
      extra: { keepsRefused: true },
      refuse: { [phone]: 'status-20' },
    })
    const batch = batchOf(30)
    const left = new Map(batch.map((message) => [message.messageId, message]))
    for (let round = 0; left.size > 0 && round < 60; round++) {
      if (round === 3) await fake.behave({ refuse: {} })
      const asked = [...left.values()].slice(0, 10)
      for (const [nth, outcome] of (await send(asked)).entries())
        if (outcome.kind === 'accepted') left.delete(asked[nth]?.messageId ?? '')
    }
    expect(left.size).toBe(0)
    const sent = (await acceptedIds()).map((reference) => reference?.replace(/~\d+$/, ''))
    expect(sent.toSorted()).toEqual(batch.map(({ messageId }) => id(messageId)).toSorted())
  })
})

describe('a call that is refused as a whole', () => {
  test('is asked again in halves until the bad message stands alone', async () => {
    const { fake, send } = await setup({ extra: { badText: 'Habari 37' } })
    const outcomes = await send(batchOf(100))
    expect(outcomes[36]).toEqual({ kind: 'rejected', code: 'provider.rejected', permanent: true, providerCode: 'E400' })
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(99)
    expect((await fake.counts()).calls).toBeLessThanOrEqual(20)
  })

  test('of many bad messages is given up after some calls, and the rest is tried later', async () => {
    const { fake, send } = await setup({ extra: { badText: 'bad' } })
    const outcomes = await send(batchOf(100).map((message) => ({ ...message, text: 'bad' })))
    expect((await fake.counts()).calls).toBe(20)
    expect(new Set(outcomes.map((outcome) => outcome.kind === 'rejected' && outcome.permanent))).toEqual(
      new Set([true, false]),
    )
    expect(await fake.counts()).toMatchObject({ accepts: 0 })
  })
})

describe('check()', () => {
  test('reads a line of the logs, and sends nothing', async () => {
    const { fake, sender } = await setup()
    expect(await sender.check?.(AbortSignal.timeout(sender.timeoutMs))).toEqual({
      ok: true,
      detail: 'The key is known and may read logs',
    })
    expect(await fake.counts()).toMatchObject({ calls: 0 })
  })

  test.each<[string, Partial<Behaviour>, Changes, object]>([
    [
      'another key',
      {},
      { apiKey: 'somebody-elses-key' },
      { code: 'provider.account', detail: 'Infobip answered with code E401' },
    ],
    [
      'no right to the logs',
      { extra: { noLogs: true } },
      {},
      { code: 'provider.account', detail: 'Infobip answered with code E403' },
    ],
    [
      'nobody there',
      {},
      { url: 'http://127.0.0.1:9' },
      { code: 'provider.unreachable', detail: 'Infobip gave no answer' },
    ],
  ])('says what is wrong with %s', async (_what, behaviour, changes, problem) => {
    const { sender } = await setup(behaviour, changes)
    expect(await sender.check?.(AbortSignal.timeout(sender.timeoutMs))).toEqual({ ok: false, ...problem } as never)
  })
})
