/** Posts of Infobip: receipts, texts of people, and the header that shows that it is Infobip. */
import { afterEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { HookAnswer, HookRequest } from '../../core/messaging/senders/hook.ts'
import { infobipKind as kind } from '../../plugins/infobip/plugin.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { infobipAccount } from '../support/providers/infobip-account.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { type Hook, openSender, outbound, startHook } from '../support/sender-use.ts'

const hooks: Hook[] = []
afterEach(async () => {
  await releaseFakes()
  await Promise.all(hooks.splice(0).map((server) => server.stop()))
})

const { sender } = openSender(kind, { ...infobipAccount, url: 'http://127.0.0.1' })
const hook = (request: HookRequest) => sender.hook?.(request) as HookAnswer

function post(body: unknown, changes: Partial<HookRequest> = {}): HookRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = new Headers({ 'X-Hook-Token': infobipAccount.hookToken })
  const url = 'https://example.org/hooks/main'
  return { method: 'POST', url, path: '', headers, body: new TextEncoder().encode(text), ...changes }
}

const taken = (...results: object[]) => {
  const answer = hook(post({ results }))
  if (answer.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(answer)}`)
  return answer
}

describe('the header', () => {
  test.each([
    ['missing', new Headers()],
    ['wrong', new Headers({ 'X-Hook-Token': 'x' })],
    ['a beginning', new Headers({ 'X-Hook-Token': infobipAccount.hookToken.slice(0, -1) })],
  ])('that is %s is refused before the body is read', (_what, headers) => {
    expect(hook(post('not JSON', { headers }))).toEqual({ kind: 'refused', why: 'signature' })
  })
})

describe('a receipt', () => {
  const base = { messageId: 'campaign-42', to: '254712345678', doneAt: '2026-11-29T02:00:00.000+0000' }
  const receipt = { messageId: '42', providerId: 'campaign-42', at: Date.UTC(2026, 10, 29, 2) }
  const status = (groupId: number, id: number) => ({ ...base, status: { groupId, id }, error: { id: 0 } })

  test.each([
    ['PENDING_ACCEPTED', 1, 26, 'submitted'],
    ['DELIVERED_TO_OPERATOR', 3, 2, 'submitted'],
    ['DELIVERED_TO_HANDSET', 3, 5, 'delivered'],
    ['EXPIRED_DLR_UNKNOWN', 4, 29, 'submitted'],
  ])('of %s', (_name, group, id, delivery) => {
    expect(taken(status(group, id)).receipts).toEqual([{ ...receipt, delivery } as never])
  })

  test.each([
    ['EXPIRED_EXPIRED', 4, 15, 0, 'status-15', undefined],
    ['UNDELIVERABLE_NOT_DELIVERED', 2, 9, 1, 'error-1', 'number'],
    ['UNDELIVERABLE_REJECTED_OPERATOR', 2, 4, 603, 'error-603', 'opt_out'],
    ['REJECTED_DND', 5, 10, 0, 'status-10', 'opt_out'],
    // Ids of statuses and of errors overlap: this error is about a phone, the status would be about the account.
    ['an operator with error 11', 2, 4, 11, 'error-11', 'number'],
    ['credits', 5, 12, 0, 'status-12', undefined],
  ])('of %s is undelivered', (_name, groupId, id, errorId, providerCode, about) => {
    const result = { ...base, status: { groupId, id }, error: { id: errorId } }
    expect(taken(result).receipts).toEqual([{ ...receipt, delivery: 'undelivered', providerCode, about } as never])
  })

  test.each([
    ['campaign-42~3', '42'],
    ['campaign-', undefined],
    ['staging-42', undefined],
  ])('with the id %s is of the message %p', (providerId, messageId) => {
    expect(taken({ ...status(3, 5), messageId: providerId }).receipts).toMatchObject([{ messageId, providerId }])
  })

  test('of a duplicate, of an unknown group or without an id is left out', () => {
    const { messageId: _, ...nameless } = status(3, 5)
    expect(taken(status(5, 23), status(9, 1), nameless, {}, status(3, 5)).receipts).toHaveLength(1)
  })

  test.each([
    ['2026-11-29T05:00:00.000+0300', receipt.at],
    ['2026-11-29T02:00:00.000Z', receipt.at],
    ['soon', undefined],
  ])('at %s', (doneAt, at) => {
    expect(taken({ ...status(3, 5), doneAt }).receipts[0]?.at).toBe(at)
  })
})

test('thousands of receipts may come in one post', () => {
  const results = Array.from({ length: 2000 }, (_, nth) => ({
    messageId: `campaign-${nth}`,
    status: { groupId: 3, id: 5 },
  }))
  expect(new Set(taken(...results).receipts.map(({ messageId }) => messageId)).size).toBe(2000)
})

test('a text of a person is read, and is no receipt', () => {
  const text = {
    messageId: 'in-1',
    from: '254712345678',
    to: 'SHOP',
    text: 'STOP now',
    cleanText: 'now',
    keyword: 'STOP',
  }
  const answer = taken({ ...text, receivedAt: '2026-11-29T02:00:00.000+0000' }, { ...text, from: 'MPESA' })
  expect(answer.receipts).toEqual([])
  expect(answer.inbound).toEqual([
    { id: 'in-1', from: '+254712345678', to: 'SHOP', text: 'STOP now', at: Date.UTC(2026, 10, 29, 2) },
    { id: 'in-1', from: undefined, to: 'SHOP', text: 'STOP now', at: undefined },
  ])
})

describe('a body', () => {
  test.each(['', 'null', '[]', '{}', '{"results":{}}', '<xml/>'])('%j is refused', (body) => {
    expect(hook(post(body))).toEqual({ kind: 'refused', why: 'body' })
  })

  test('of any shape is taken or refused, and nothing throws', () => {
    const result = fc.record({
      messageId: fc.anything(),
      status: fc.anything(),
      error: fc.anything(),
      text: fc.anything(),
    })
    const bodies = fc.oneof(fc.jsonValue(), fc.record({ results: fc.oneof(fc.anything(), fc.array(result)) }))
    fc.assert(
      fc.property(bodies, (body) => {
        let text: string | undefined
        try {
          text = JSON.stringify(body)
        } catch {
          // No JSON can be made of it.
        }
        expect(['taken', 'refused']).toContain(hook(post(text ?? 'null')).kind)
      }),
    )
  })
})

describe('receipts of the fake', () => {
  async function setup(behaviour: Partial<Behaviour> = {}) {
    const server = startHook()
    hooks.push(server)
    const fake = await startFake('infobip', { hookUrl: server.url, ...behaviour })
    const { sender } = openSender(kind, { ...infobipAccount, url: fake.url }, { hookUrl: server.url })
    server.pass(sender)
    const batch = [1, 2, 3].map((nth) => ({ ...outbound, messageId: String(nth), to: `+25471234567${nth}` }))
    const read = () => server.answers.flatMap((answer) => (answer.kind === 'taken' ? [answer] : []))
    const receipts = () => read().flatMap(({ receipts }) => receipts)
    const until = async (count: number) => {
      while (receipts().length < count) await server.until(server.answers.length + 1)
    }
    const send = () => sender.send(batch, AbortSignal.timeout(sender.timeoutMs))
    return { server, fake, send, receipts, until, inbound: () => read().flatMap(({ inbound }) => inbound) }
  }
  const each = (...words: string[]) => [1, 2, 3].flatMap((id) => words.map((word) => `${id} ${word}`))

  test.each<[string, Partial<Behaviour>, string[]]>([
    ['delivered', {}, each('submitted', 'delivered')],
    ['not delivered', { fates: { undelivered: 1 } }, each('submitted', 'undelivered')],
    [
      'doubled and out of order',
      { duplicates: 1, outOfOrder: true },
      each('submitted', 'submitted', 'delivered', 'delivered'),
    ],
    ['before the answer', { receiptsFirst: true }, each('submitted', 'delivered')],
    ['of a call without an answer', { answers: { cut: 1 } }, each('submitted', 'delivered')],
  ])('%s', async (_what, behaviour, expected) => {
    const { send, receipts, until } = await setup(behaviour)
    await send()
    await until(expected.length)
    const deliveries = receipts().map(({ messageId, delivery }) => `${messageId} ${delivery}`)
    expect(deliveries.sort()).toEqual(expected.sort())
  })

  test('whose verdict nobody knows are of a message that was submitted', async () => {
    const { fake, send, receipts, until } = await setup({ fates: { never: 1 } })
    await send()
    const [first] = await fake.entries('accept')
    await fake.receipts([{ id: first?.id ?? '', status: '29' }])
    await until(1)
    expect(receipts()).toMatchObject([{ messageId: '1', delivery: 'submitted' }])
  })

  test.each(['wrong', 'missing'] as const)('with a header that is %s are refused', async (signature) => {
    const { server, send } = await setup({ signature })
    await send()
    await server.until(1)
    expect(server.answers.every(({ kind }) => kind === 'refused')).toBeTrue()
  })

  test('a person writes', async () => {
    const { fake, inbound } = await setup()
    await fake.inbound({ from: '+254712345678', to: '22141', text: 'STOP' })
    expect(inbound()).toMatchObject([{ from: '+254712345678', to: '22141', text: 'STOP' }])
  })
})
