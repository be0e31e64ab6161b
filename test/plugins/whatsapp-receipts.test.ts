/** Receipts and messages that the fake Cloud API posts to the hook of a sender. */
import { afterEach, describe, expect, test } from 'bun:test'
import { whatsappKind as kind } from '../../plugins/whatsapp/plugin.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { GRAPH_VERSION, whatsappAccount } from '../support/providers/whatsapp-account.ts'
import { type Hook, openSender, outbound, startHook } from '../support/sender-use.ts'

const hooks: Hook[] = []
afterEach(async () => {
  await releaseFakes()
  await Promise.all(hooks.splice(0).map((server) => server.stop()))
})

describe('receipts of the fake', () => {
  async function setup(behaviour: Partial<Behaviour> = {}) {
    const server = startHook()
    hooks.push(server)
    const fake = await startFake('whatsapp', { hookUrl: server.url, ...behaviour })
    const url = `${fake.url}${GRAPH_VERSION}`
    const { sender } = openSender(kind, { ...whatsappAccount, url }, { hookUrl: server.url })
    server.pass(sender)
    const batch = [1, 2, 3, 4, 5].map((nth) => ({ ...outbound, messageId: String(nth), to: `+25471234567${nth}` }))
    const send = () => sender.send(batch, AbortSignal.timeout(sender.timeoutMs))
    const read = () => server.answers.flatMap((answer) => (answer.kind === 'taken' ? [answer] : []))
    const receipts = () => read().flatMap(({ receipts }) => receipts)
    const until = async (count: number) => {
      while (receipts().length < count) await server.until(server.answers.length + 1)
    }
    const inbound = () => read().flatMap(({ inbound }) => inbound)
    const deliveries = () => receipts().map(({ messageId, delivery }) => `${messageId} ${delivery}`)
    return { server, sender, fake, send, receipts, inbound, until, deliveries }
  }
  const each = (...words: string[]) => [1, 2, 3, 4, 5].flatMap((id) => words.map((word) => `${id} ${word}`))

  test.each<[string, Partial<Behaviour>, string[]]>([
    ['delivered', {}, each('submitted', 'delivered')],
    ['read', { fates: { read: 1 } }, each('submitted', 'delivered', 'read')],
    ['read alone', { fates: { read: 1 }, extra: { readAlone: true } }, each('submitted', 'read')],
    ['dropped after they were accepted', { fates: { undelivered: 1 } }, each('undelivered')],
    ['doubled', { duplicates: 1 }, each('submitted', 'submitted', 'delivered', 'delivered')],
    ['out of order', { outOfOrder: true }, each('delivered', 'submitted')],
    ['before the answer', { receiptsFirst: true }, each('submitted', 'delivered')],
    ['in one post with another account', { extra: { otherAccount: true } }, each('submitted', 'delivered')],
    ['of a call without an answer', { answers: { cut: 1 } }, each('submitted', 'delivered')],
  ])('%s', async (_what, behaviour, expected) => {
    const { send, deliveries, until } = await setup(behaviour)
    await send()
    await until(expected.length)
    expect(deliveries().sort()).toEqual(expected.sort())
  })

  test('an opt-out that comes as a failure', async () => {
    const { send, receipts, until } = await setup({ fates: { opted_out: 1 } })
    await send()
    await until(5)
    expect(receipts()).toMatchObject(Array(5).fill({ providerCode: '131050', about: 'opt_out' }))
  })

  test.each(['wrong', 'missing', 'other body'] as const)(
    'with a signature that is %s are refused',
    async (signature) => {
      const { server, send } = await setup({ signature, receiptBatch: 1000 })
      await send()
      await server.until(1)
      expect(server.answers.every(({ kind }) => kind === 'refused')).toBeTrue()
    },
  )

  test('are posted again while the hook is down, and again when they are replayed', async () => {
    const { server, sender, fake, send, receipts, deliveries, until } = await setup({ receiptBatch: 1000 })
    server.pass(undefined)
    await send()
    while ((await fake.entries('post')).length === 0) await Bun.sleep(5)
    server.pass(sender)
    await until(10)
    await fake.replay(1)
    expect(new Set(deliveries())).toEqual(new Set(each('submitted', 'delivered')))
    expect(receipts().length).toBeGreaterThan(10)
  })

  test('a person writes, presses a button and stops marketing', async () => {
    const { server, fake, inbound } = await setup()
    const from = '+254712345678'
    await fake.inbound({ from, text: 'Sitaki' })
    await fake.inbound({ from, text: 'Stop promotions', extra: { type: 'button', payload: 'STOP' } })
    await fake.inbound({ from, text: '', intent: 'stop', notice: true })
    await fake.inbound({ from, text: 'hi', extra: { bsuid: 'only' } })
    await fake.inbound({ from, text: '', extra: { errors: [130429] } })
    expect(server.answers.map(({ kind }) => kind)).toEqual(Array(5).fill('taken'))
    expect(inbound().map(({ from, text, intent }) => [from, text, intent])).toEqual([
      [from, 'Sitaki', undefined],
      [from, 'STOP', undefined],
      [from, '', 'stop'],
      [undefined, 'hi', undefined],
    ])
  })

  test('a business-scoped id in place of the phone is answered well, and nothing comes of it', async () => {
    const { fake } = await setup()
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: 'KE.1234', type: 'text', text: { body: 'x' } })
    const url = `${fake.url}${GRAPH_VERSION}/${whatsappAccount.phoneNumberId}/messages`
    const headers = { Authorization: `Bearer ${whatsappAccount.accessToken}` }
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(200)
    expect(await fake.counts()).toMatchObject({ accepts: 1, waiting: 0, posts: 0 })
  })
})
