/** The hook of the http kind: whose posts it takes, and what it reads of them. */

import { describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import type { HookAnswer } from '../../core/messaging/senders/hook.ts'
import { gatewayHook } from '../../plugins/http/hook.ts'
import { httpKind as kind } from '../../plugins/http/plugin.ts'
import { manualClock } from '../support/clock.ts'
import { openSender } from '../support/sender-use.ts'

const SECRET = 'a-secret-of-the-gateway'
const NOW = 1_795_903_200

/** A hook whose clock stands at `NOW`. */
async function setup() {
  const clock = manualClock()
  await clock.turn(NOW * 1000)
  const hook = gatewayHook(SECRET, clock)
  const post = (headers: Readonly<Record<string, string>>, body: Uint8Array, method: 'GET' | 'POST' = 'POST') =>
    hook({ method, url: 'https://example.org/hooks/main', path: '', headers: new Headers(headers), body })
  return { post, signed: (json: unknown) => post(...sign(JSON.stringify(json))) }
}

/** As README.md says, by means of its own. */
function sign(text: string, at: number | string = NOW, secret = SECRET): [Record<string, string>, Uint8Array] {
  const body = new TextEncoder().encode(text)
  const signature = createHmac('sha256', secret)
    .update(Buffer.concat([Buffer.from(`${at}.`), body]))
    .digest('hex')
  return [{ 'Dispatch-Timestamp': String(at), 'Dispatch-Signature': `sha256=${signature}` }, body]
}

const taken = (answer: HookAnswer) => (answer.kind === 'taken' ? answer : expect.unreachable(answer.kind))
const EMPTY = '{"receipts":[]}'

describe('the signature', () => {
  test.each([0, -299, -300, 300])('is good %p seconds away', async (away) => {
    const { post } = await setup()
    expect(post(...sign(EMPTY, NOW + away)).kind).toBe('taken')
  })

  test.each([
    ['too old', sign(EMPTY, NOW - 301)],
    ['from the future', sign(EMPTY, NOW + 301)],
    ['of another secret', sign(EMPTY, NOW, `${SECRET}x`)],
    ['of no time', sign(EMPTY, '')],
    ['of a time that is no number', sign(EMPTY, `${NOW}.0`)],
    ['of another body', [sign(EMPTY)[0], sign('{"receipts":[ ]}')[1]]],
    ['of another time', [{ ...sign(EMPTY)[0], 'Dispatch-Timestamp': String(NOW + 1) }, sign(EMPTY)[1]]],
    ['missing', [{ 'Dispatch-Timestamp': String(NOW) }, sign(EMPTY)[1]]],
    ['without its time', [{ 'Dispatch-Signature': sign(EMPTY)[0]['Dispatch-Signature'] ?? '' }, sign(EMPTY)[1]]],
  ] as [string, [Record<string, string>, Uint8Array]][])('is refused when it is %s', async (_what, [headers, body]) => {
    const { post } = await setup()
    expect(post(headers, body)).toEqual({ kind: 'refused', why: 'signature' })
  })

  test('covers the bytes as they came: any change of any of them is refused', async () => {
    const { post } = await setup()
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (text, where, flip) => {
          const [headers, body] = sign(JSON.stringify({ inbound: [{ id: 'a', text }] }))
          expect(taken(post(headers, body)).inbound).toEqual([{ id: 'a', text }])
          const tampered = Uint8Array.from(body, (byte, nth) => (nth === where % body.length ? byte ^ flip : byte))
          expect(post(headers, tampered)).toEqual({ kind: 'refused', why: 'signature' })
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('is asked for before a body that cannot be read', async () => {
    const { post } = await setup()
    expect(post({}, new TextEncoder().encode('no JSON'))).toEqual({ kind: 'refused', why: 'signature' })
    expect(post(...sign('no JSON'))).toEqual({ kind: 'refused', why: 'body' })
    const [headers, body] = sign(EMPTY)
    expect(post(headers, body, 'GET')).toEqual({ kind: 'refused', why: 'signature' })
  })
})

describe('a post', () => {
  test('holds many receipts and messages from people', async () => {
    const { signed } = await setup()
    const answer = signed({
      receipts: [
        { message_id: '42', id: 'SM1', delivery: 'delivered', at: '2026-11-29T12:00:00+03:00' },
        { message_id: 43, delivery: 'read', code: 'passed over' },
        { id: 'SM3', delivery: 'undelivered', code: 30005, about: 'number' },
        { id: 'SM4', delivery: 'undelivered', about: 'the weather', at: 'soon' },
      ],
      inbound: [
        { id: 'in-1', from: '+254712345678', to: '20880', text: 'STOP', intent: 'stop' },
        { id: 'in-2', text: '' },
      ],
      more: 'is passed over',
    })
    expect(answer).toEqual({
      kind: 'taken',
      receipts: [
        { messageId: '42', providerId: 'SM1', delivery: 'delivered', at: Date.UTC(2026, 10, 29, 9) },
        { messageId: '43', delivery: 'read' },
        { providerId: 'SM3', delivery: 'undelivered', providerCode: '30005', about: 'number' },
        { providerId: 'SM4', delivery: 'undelivered' },
      ],
      inbound: [
        { id: 'in-1', from: '+254712345678', to: '20880', text: 'STOP', intent: 'stop' },
        { id: 'in-2', text: '' },
      ],
    })
  })

  test.each([
    [[]],
    [{}],
    [null],
    [{ receipts: {} }],
    [{ receipts: [{ delivery: 'delivered' }] }],
    [{ receipts: [{ message_id: '42', delivery: 'lost' }] }],
    [{ receipts: [{ message_id: "42' or 1", delivery: 'delivered' }] }],
    [{ receipts: [{ id: 'a\0', delivery: 'delivered' }] }],
    [{ receipts: [{ id: 'a', delivery: 'delivered' }, 'more'] }],
    [{ inbound: [{ text: 'STOP' }] }],
    [{ inbound: [{ id: 'a' }] }],
    [{ inbound: [{ id: 'a', from: '0712345678', text: 'STOP' }] }],
    [{ receipts: [], inbound: 'none' }],
  ])('that holds %j is refused as a whole', async (json) => {
    const { signed } = await setup()
    expect(signed(json)).toEqual({ kind: 'refused', why: 'body' })
  })
})

test('a sender has a hook when it has a secret', () => {
  const settings = { url: 'http://127.0.0.1:1/', timeoutMs: 1000 }
  expect(openSender(kind, settings).sender.hook).toBeUndefined()
  expect(openSender(kind, { ...settings, hookSecret: SECRET }).sender.hook).toBeDefined()
})
