/** Posts of a fake Twilio, read by the kind `twilio`: receipts, and what people write. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { HookAnswer, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import { twilioKind } from '../../plugins/twilio/plugin.ts'
import type { Behaviour, Signature } from '../support/providers/frame-behaviour.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { twilioAccount } from '../support/providers/twilio-parts.ts'
import { type Hook, openSender, startHook } from '../support/sender-use.ts'

const hooks = new Set<Hook>()
afterEach(async () => {
  await Promise.all([...hooks].map((hook) => hook.stop()))
  hooks.clear()
  await releaseFakes()
})

async function setup(behaviour: Partial<Behaviour> = {}) {
  const hook = startHook()
  hooks.add(hook)
  const fake = await startFake('twilio', { hookUrl: hook.url, ...behaviour })
  const { accountSid, authToken } = twilioAccount
  const settings = { url: fake.url, accountSid, authToken, from: '+15005550006' }
  const opened = openSender(twilioKind, settings, { hookUrl: hook.url })
  hook.pass(opened.sender)
  return { fake, hook, ...opened }
}

const receiptsOf = (answers: readonly HookAnswer[]): Receipt[] =>
  answers.flatMap((answer) => (answer.kind === 'taken' ? answer.receipts : []))
const inboundOf = (answers: readonly HookAnswer[]): Inbound[] =>
  answers.flatMap((answer) => (answer.kind === 'taken' ? answer.inbound : []))

describe('receipts', () => {
  test('name our message and Twilio’s', async () => {
    const { hook, send } = await setup()
    const outcome = await send({ messageId: '4711' })
    const receipts = receiptsOf(await hook.until(2))
    const providerId = outcome.kind === 'accepted' ? outcome.id : ''
    expect(receipts.map(({ delivery }) => delivery).sort()).toEqual(['delivered', 'submitted'])
    for (const receipt of receipts) expect(receipt).toMatchObject({ messageId: '4711', providerId })
  })

  test('come for a message whose answer was lost', async () => {
    const { fake, hook, send } = await setup({ answers: { hang: 1 } })
    expect(await send({}, AbortSignal.timeout(300))).toEqual({ kind: 'unknown', code: 'timeout' })
    const [accept] = await fake.entries('accept')
    expect(receiptsOf(await hook.until(2))).toContainEqual({
      messageId: '42',
      providerId: accept?.id,
      delivery: 'delivered',
    })
  })

  test('may come before the answer', async () => {
    const { hook, send } = await setup({ receiptsFirst: true })
    const outcome = await send()
    expect(outcome.kind).toBe('accepted')
    expect(receiptsOf(hook.answers)).toHaveLength(2)
  })

  test('come twice and last one first', async () => {
    const { hook, send } = await setup({ receiptsFirst: true, duplicates: 1, outOfOrder: true })
    await send()
    const deliveries = receiptsOf(hook.answers).map(({ delivery }) => delivery)
    expect(deliveries).toEqual(['delivered', 'delivered', 'submitted', 'submitted'])
  })

  test.each([
    ['30005', 'number'],
    ['21610', 'opt_out'],
    ['63041', 'content'],
    ['30008', undefined],
    ['99999', undefined],
  ] as const)('of a message that was not delivered have its code: %s is about %s', async (failCode, about) => {
    const { hook, send } = await setup({ receiptsFirst: true, fates: { undelivered: 1 }, failCode })
    await send()
    expect(receiptsOf(hook.answers).at(-1)).toMatchObject({ delivery: 'undelivered', providerCode: failCode, about })
  })

  test('say read in WhatsApp alone', async () => {
    const { hook, send } = await setup({ receiptsFirst: true, fates: { read: 1 } })
    await send({ channel: 'whatsapp' })
    expect(receiptsOf(hook.answers).map(({ delivery }) => delivery)).toEqual(['submitted', 'delivered', 'read'])
    await send({ messageId: '43' })
    expect(receiptsOf(hook.answers).slice(3)).toMatchObject([{ delivery: 'submitted' }, { delivery: 'delivered' }])
  })

  test('with a status that is not known yet are taken, and say nothing', async () => {
    const { fake, hook, send } = await setup({ fates: { never: 1 } })
    const outcome = await send()
    await fake.receipts([{ id: outcome.kind === 'accepted' ? outcome.id : '', status: 'teleported' }])
    expect(hook.answers).toEqual([{ kind: 'taken', receipts: [], inbound: [] }])
  })

  test('come again while the hook is down', async () => {
    const { fake, hook, send, sender } = await setup()
    hook.pass(undefined)
    await send()
    while ((await fake.entries('post')).length < 2) await Bun.sleep(20)
    hook.pass(sender)
    expect(receiptsOf(await hook.until(2))).toHaveLength(2)
  })

  test('never come under test credentials', async () => {
    const { fake, send } = await setup({ receiptsFirst: true, extra: { testCredentials: true } })
    expect(await send({ to: '+14155552345' })).toMatchObject({ kind: 'accepted' })
    expect(await fake.entries('post')).toEqual([])
  })
})

describe('a post', () => {
  test.each<Signature>(['wrong', 'missing', 'other body'])('whose signature is %s is refused', async (signature) => {
    const { fake, hook, send } = await setup({ receiptsFirst: true, signature })
    await send()
    await fake.inbound({ from: '+254712345678', text: 'STOP' })
    expect(hook.answers).toEqual(Array(3).fill({ kind: 'refused', why: 'signature' }))
    expect((await fake.entries('post')).map(({ status }) => status)).toEqual([401, 401, 401])
  })

  test('that comes again says the same again', async () => {
    const { fake, hook, send } = await setup({ receiptsFirst: true })
    await send()
    await fake.replay(1)
    const [, second, third] = hook.answers
    expect(third).toEqual(second as HookAnswer)
  })

  test('without a message is refused, although it is signed', async () => {
    const { fake, hook } = await setup()
    await fake.inbound({ from: '+254712345678', text: '', extra: { MessageSid: '', SmsSid: '' } })
    expect(hook.answers).toEqual([{ kind: 'refused', why: 'body' }])
  })
})

describe('what people write', () => {
  test('is read with its sender, and answered with an empty document', async () => {
    const { fake, hook } = await setup()
    const text = 'Asante, Ng’ang’a & co + 😜'
    await fake.inbound({ from: '+254712345678', text })
    const [answer] = hook.answers
    expect(inboundOf(hook.answers)).toEqual([
      { id: expect.stringMatching(/^SM/), from: '+254712345678', channel: 'sms', to: '+15005550006', text },
    ])
    const reply = answer?.kind === 'taken' ? answer.reply : undefined
    expect(reply).toEqual({ type: 'text/xml', text: expect.stringContaining('<Response/>') })
  })

  test('has the intent that Twilio sees in it', async () => {
    const { fake, hook } = await setup()
    for (const intent of ['stop', 'start', 'help'] as const)
      await fake.inbound({ from: '+254712345678', text: 'x', intent })
    expect(inboundOf(hook.answers).map(({ intent }) => intent)).toEqual(['stop', 'start', 'help'])
  })

  test('in WhatsApp comes from a number, or from somebody who hides it', async () => {
    const { fake, hook } = await setup()
    for (const from of ['whatsapp:+254712345678', 'whatsapp:US.1234'])
      await fake.inbound({ from, to: 'whatsapp:+15005550006', text: 'hi' })
    const [first, second] = inboundOf(hook.answers)
    expect(first).toMatchObject({ from: '+254712345678', channel: 'whatsapp', to: '+15005550006' })
    expect(second?.from).toBeUndefined()
  })
})
