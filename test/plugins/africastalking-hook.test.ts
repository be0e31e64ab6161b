/** Callbacks to the africastalking kind, as its fake posts them and as strangers might. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { HookAnswer } from '../../core/messaging/senders/hook.ts'
import { africasTalkingKind as kind } from '../../plugins/africastalking/plugin.ts'
import {
  AMINA,
  BARAKA,
  inboundOf,
  messagesTo,
  openBatchSender,
  receiptsOf,
  releaseBatchSenders,
  TOKEN,
} from '../support/batch-sender.ts'
import { manualClock } from '../support/clock.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { openSender } from '../support/sender-use.ts'

setDefaultTimeout(30_000)
afterEach(releaseBatchSenders)

const account = { username: 'acme', apiKey: 'key', hookToken: TOKEN }
const setup = (behaviour: Partial<Behaviour> = {}) =>
  openBatchSender('africastalking', kind, account, (hook) => ({ hookUrl: `${hook}/${TOKEN}`, ...behaviour }))

describe('the hook', () => {
  test('reads the reports that the fake posts, each with the id of an answer', async () => {
    const { hook, fake, send } = await setup({ duplicates: 1, outOfOrder: true })
    const [outcome] = await send(messagesTo([AMINA]))
    await hook.until(4)
    const providerId = outcome?.kind === 'accepted' ? outcome.id : ''
    expect(receiptsOf(hook).filter(({ delivery }) => delivery === 'delivered')).toEqual(
      Array(2).fill({ providerId, delivery: 'delivered' }),
    )
    expect(receiptsOf(hook).filter(({ delivery }) => delivery === 'submitted')).toHaveLength(2)
    await fake.replay(2)
    expect(hook.answers.map((answer) => answer.kind)).toEqual(Array(6).fill('taken'))
  })

  test.each([
    ['undelivered', [{ delivery: 'submitted' }, { delivery: 'undelivered', providerCode: 'DeliveryFailure' }]],
    ['opted_out', [{ delivery: 'undelivered', providerCode: 'UserInBlackList', about: 'opt_out' }]],
  ] as const)('reads what became of a message that is %s', async (fate, receipts) => {
    const { hook, send } = await setup({ fates: { [fate]: 1 } })
    await send(messagesTo([AMINA]))
    await hook.until(receipts.length)
    expect(receiptsOf(hook)).toMatchObject([...receipts])
  })

  test('has the receipts before the answer, where they overtake it', async () => {
    const { hook, send } = await setup({ receiptsFirst: true })
    const [outcome] = await send(messagesTo([AMINA]))
    const ids = receiptsOf(hook).map(({ providerId }) => providerId)
    expect(outcome).toMatchObject({ kind: 'accepted', id: ids[0] ?? '' })
    expect(ids).toHaveLength(2)
  })

  test.each(['wrong', 'missing'] as const)('refuses a post whose token is %s', async (signature) => {
    const { hook, fake, send } = await setup({ signature, retries: 0 })
    await send(messagesTo([AMINA]))
    await fake.inbound({ from: AMINA, text: 'STOP' })
    expect(await hook.until(3)).toEqual(Array(3).fill({ kind: 'refused', why: 'signature' }))
  })

  test.each([false, true])('reads what people write, with spaces in its date: %p', async (spacedDates) => {
    const { hook, fake } = await setup({ extra: { spacedDates } })
    const before = Math.floor(Date.now() / 1000) * 1000
    await fake.inbound({ from: AMINA, to: '20880', text: 'Simama & ✋ 100%' })
    const [inbound] = inboundOf(hook)
    expect(inbound).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      from: AMINA,
      to: '20880',
      text: 'Simama & ✋ 100%',
      at: expect.any(Number),
    })
    expect(inbound?.at).toBeGreaterThanOrEqual(before)
    expect(inbound?.at).toBeLessThanOrEqual(Date.now())
  })

  test('takes an opt-out for a stop, once a day for a person and sender id', async () => {
    const clock = manualClock()
    const { hook } = openSender(kind, { url: 'http://127.0.0.1:1', ...account }, { clock }).sender
    const post = (phoneNumber: string, senderId: string) => {
      const body = new TextEncoder().encode(new URLSearchParams({ phoneNumber, senderId }).toString())
      const answer = hook?.({ method: 'POST', url: '', path: `${TOKEN}/opt-out`, headers: new Headers(), body })
      return (answer as HookAnswer & { kind: 'taken' }).inbound[0]
    }
    const first = post(AMINA, 'ACME')
    expect(first).toMatchObject({ from: AMINA, to: 'ACME', text: '', intent: 'stop', at: 0 })
    expect(first?.id).not.toContain('712345678')
    expect(post(AMINA, 'ACME')?.id).toBe(first?.id as string)
    expect(post(BARAKA, 'ACME')?.id).not.toBe(first?.id as string)
    await clock.turn(24 * 3_600_000)
    expect(post(AMINA, 'ACME')?.id).not.toBe(first?.id as string)
  })

  const answerTo = (path: string, body: string, method: 'GET' | 'POST' = 'POST') =>
    openSender(kind, { url: 'http://127.0.0.1:1', ...account }).sender.hook?.({
      method,
      url: '',
      path,
      headers: new Headers(),
      body: new TextEncoder().encode(body),
    })

  test.each([
    [`${TOKEN}/delivery`, 'status=Success', 'body'],
    [`${TOKEN}/delivery`, 'id=a', 'body'],
    [`${TOKEN}/delivery`, 'id=%00&status=Success', 'body'],
    [`${TOKEN}/inbound`, 'id=a&from=%2B254712345678', 'body'],
    [`${TOKEN}/opt-out`, 'phoneNumber=254700***111', 'body'],
    [`${TOKEN}/other`, 'id=a&status=Success', 'signature'],
    [TOKEN, 'id=a&status=Success', 'signature'],
    ['', 'id=a&status=Success', 'signature'],
    [`${TOKEN}x/delivery`, 'id=a&status=Success', 'signature'],
    [`${TOKEN}/delivery/more`, 'id=a&status=Success', 'signature'],
  ] as const)('refuses a post to %j of %j for its %s', (path, body, why) =>
    expect(answerTo(path, body)).toEqual({ kind: 'refused', why }),
  )

  test('refuses a GET, and takes a status that nobody knows without making anything of it', () => {
    expect(answerTo(`${TOKEN}/delivery`, '', 'GET')).toEqual({ kind: 'refused', why: 'signature' })
    const taken = { kind: 'taken', receipts: [], inbound: [] } as const
    expect(answerTo(`${TOKEN}/delivery`, 'id=a&status=Borked')).toEqual(taken)
  })

  test('is not there without a token', () => {
    const { sender } = openSender(kind, { url: 'http://127.0.0.1:1', username: 'acme', apiKey: 'key' })
    expect(sender.hook).toBeUndefined()
  })
})
