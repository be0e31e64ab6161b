/** Batches at providers that know recipients by their numbers alone. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { matchByNumber, phoneOf, sendInCalls } from '../../core/messaging/senders/batch.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { messagesTo } from '../support/batch-sender.ts'

const never = new AbortController().signal
const keyOf = ({ text }: OutboundMessage) => text
const accept = (messages: readonly OutboundMessage[]): Outcome[] =>
  messages.map(({ messageId }) => ({ kind: 'accepted', id: messageId }))

/** Few numbers and texts, so that they repeat. */
const batches = fc
  .array(fc.tuple(fc.integer({ min: 10, max: 14 }), fc.constantFrom('a', 'b', 'c')), { minLength: 1, maxLength: 60 })
  .map((entries) =>
    messagesTo(
      entries.map(([end]) => `+2547123456${end}`),
      (nth) => entries[nth]?.[1] ?? '',
    ),
  )

describe('sendInCalls()', () => {
  test('sends each message once, in a call of its key to no number twice, and answers in their order', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const calls: OutboundMessage[][] = []
        let [inFlight, most] = [0, 0]
        const call = async (messages: readonly OutboundMessage[], key: string) => {
          calls.push([...messages])
          most = Math.max(most, ++inFlight)
          expect(messages.every((message) => keyOf(message) === key)).toBe(true)
          expect(new Set(messages.map(({ to }) => to)).size).toBe(messages.length)
          await Promise.resolve()
          inFlight--
          return accept(messages)
        }
        const outcomes = await sendInCalls(batch, keyOf, call, never)
        expect(outcomes).toEqual(accept(batch))
        expect(
          calls
            .flat()
            .map(({ messageId }) => Number(messageId))
            .sort((a, b) => a - b),
        ).toEqual(batch.map((_, nth) => nth + 1))
        // As few as may be: as many as one number has messages of one key, over all keys.
        const repeats = Map.groupBy(batch, (message) => keyOf(message))
        const fewest = [...repeats.values()].map((of) =>
          Math.max(...[...Map.groupBy(of, ({ to }) => to).values()].map(({ length }) => length)),
        )
        expect(calls.length).toBe(fewest.reduce((sum, count) => sum + count, 0))
        expect(most).toBeLessThanOrEqual(8)
      }),
    )
  })

  test('is unknown for messages that a call brought no outcome for', async () => {
    const outcomes = await sendInCalls(messagesTo(['+254712345678', '+254712345679']), keyOf, async () => [], never)
    expect(outcomes).toEqual(Array(2).fill({ kind: 'unknown', code: 'sender.error' }))
  })
})

test('matchByNumber() finds entries by digits, and a single one without', () => {
  const batch = messagesTo(['+254712345678', '+254712345679'])
  const [first, second] = [
    { number: '254712345679', id: 1 },
    { number: '+254 712 345678', id: 2 },
  ]
  expect(matchByNumber(batch, [first, 'noise', null, second])).toEqual([second, first])
  expect(matchByNumber(batch, [{ id: 1 }, { id: 2 }])).toEqual([undefined, undefined])
  expect(matchByNumber(batch.slice(0, 1), [{ id: 1 }])).toEqual([{ id: 1 }])
  expect(matchByNumber(batch.slice(0, 1), [first])).toEqual([undefined])
})

test.each([
  ['+254712345678', '+254712345678'],
  [' 254712345678 ', '+254712345678'],
  ['254700***111', undefined],
  ['ACME', undefined],
  ['20880', undefined],
  ['', undefined],
  [null, undefined],
])('phoneOf(%j) is %j', (text, phone) => expect(phoneOf(text)).toBe(phone))
