/** Posts of a fake Vonage, read by the kind `vonage`: receipts, and what people write. */
import { afterEach, describe, expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import type { HookAnswer, Receipt } from '../../core/messaging/senders/hook.ts'
import { vonageKind } from '../../plugins/vonage/plugin.ts'
import type { Behaviour, Signature } from '../support/providers/frame-behaviour.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { vonageAccount } from '../support/providers/vonage-parts.ts'
import { type Hook, openSender, startHook } from '../support/sender-use.ts'

const hooks = new Set<Hook>()
afterEach(async () => {
  await Promise.all([...hooks].map((hook) => hook.stop()))
  hooks.clear()
  await releaseFakes()
})

async function setup(behaviour: Partial<Behaviour> = {}, use = {}) {
  const hook = startHook()
  hooks.add(hook)
  const fake = await startFake('vonage', { hookUrl: hook.url, ...behaviour })
  const { apiKey, apiSecret, signatureSecret } = vonageAccount
  const settings = { url: fake.url, from: '+15005550006', apiKey, apiSecret, signatureSecret }
  const opened = openSender(vonageKind, settings, { hookUrl: hook.url, ...use })
  hook.pass(opened.sender)
  return { fake, hook, ...opened }
}

const receiptsOf = (answers: readonly HookAnswer[]): Receipt[] =>
  answers.flatMap((answer) => (answer.kind === 'taken' ? answer.receipts : []))

describe('receipts', () => {
  test('name our message and Vonage’s, with their time', async () => {
    const { hook, send } = await setup({ receiptsFirst: true })
    const outcome = await send({ messageId: '4711' })
    const providerId = outcome.kind === 'accepted' ? outcome.id : ''
    const receipts = receiptsOf(hook.answers)
    expect(receipts.map(({ delivery }) => delivery)).toEqual(['submitted', 'delivered'])
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({ messageId: '4711', providerId })
      expect(Math.abs((receipt.at ?? 0) - Date.now())).toBeLessThan(60_000)
    }
  })

  test('come for a message whose answer was lost', async () => {
    const { hook, send } = await setup({ answers: { hang: 1 } })
    expect(await send({}, AbortSignal.timeout(300))).toEqual({ kind: 'unknown', code: 'timeout' })
    expect(receiptsOf(await hook.until(2))).toContainEqual(
      expect.objectContaining({ messageId: '42', delivery: 'delivered' }),
    )
  })

  test.each([
    ['1190', 'number'],
    ['1240', 'opt_out'],
    ['1022', 'content'],
    ['1250', undefined],
  ] as const)('of a message that was rejected have its code: %s is about %s', async (failCode, about) => {
    const { hook, send } = await setup({ receiptsFirst: true, fates: { undelivered: 1 }, failCode })
    await send()
    expect(receiptsOf(hook.answers).at(-1)).toMatchObject({ delivery: 'undelivered', providerCode: failCode, about })
  })
})

describe('a post', () => {
  test.each<Signature>(['wrong', 'missing', 'other body', 'old'])(
    'whose signature is %s is refused',
    async (signature) => {
      const { fake, hook, send } = await setup({ receiptsFirst: true, signature })
      await send()
      await fake.inbound({ from: '+254712345678', text: 'STOP' })
      expect(hook.answers).toEqual(Array(3).fill({ kind: 'refused', why: 'signature' }))
    },
  )

  test('that comes again says the same again, until its signature is too old', async () => {
    let ahead = 0
    const clock = { ...systemClock, now: () => Date.now() + ahead }
    const { fake, hook, send } = await setup({ receiptsFirst: true }, { clock })
    await send()
    await fake.replay(1)
    expect(hook.answers[2]).toEqual(hook.answers[1] as HookAnswer)
    ahead = 16 * 60_000
    await fake.replay(1)
    expect(hook.answers[3]).toEqual({ kind: 'refused', why: 'signature' })
  })

  test('without a message is refused, although it is signed', async () => {
    const { fake, hook } = await setup()
    await fake.inbound({ from: '+254712345678', text: '', extra: { message_uuid: '' } })
    expect(hook.answers).toEqual([{ kind: 'refused', why: 'body' }])
  })
})

test('what people write is read with its sender and time', async () => {
  const { fake, hook } = await setup()
  const text = 'STOP, Ng’ang’a 😜'
  await fake.inbound({ from: '+254712345678', text })
  const inbound = hook.answers.flatMap((answer) => (answer.kind === 'taken' ? answer.inbound : []))
  expect(inbound).toEqual([
    { id: expect.any(String), from: '+254712345678', to: '15005550006', text, at: expect.any(Number) },
  ])
})
