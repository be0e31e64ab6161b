import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Log } from '../../core/log/log.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import type { Receipt } from '../../core/messaging/senders/hook.ts'
import { bindSender } from '../../core/messaging/senders/registry.ts'
import { BATCH_MS, RECEIPT_DELAY_MS } from '../../plugins/mock/receipts.ts'
import { type MockOptions, mockSender } from '../../plugins/mock/sender.ts'
import { manualClock } from '../support/clock.ts'
import { oneByOne } from '../support/senders.ts'

const never = new AbortController().signal

function message(id: number, attempt = 1, turn = attempt - 1): OutboundMessage {
  const messageId = String(id)
  const to = '+254712345678'
  return { messageId, campaignId: 1, channel: 'sms', to, text: 'Hi', attempt, turn, idempotencyKey: `msg:${messageId}` }
}

function setup(options: Partial<MockOptions> = {}) {
  const lines: unknown[] = []
  const debug = (...line: unknown[]) => void lines.push(line)
  const unused = () => expect.unreachable('only debug lines are expected')
  const log = { debug, info: unused, warn: unused, error: unused } as Log
  const opened = mockSender({ successRate: 0.95, latencyMs: 0, seed: 7, log, clock: systemClock, ...options })
  const sender = oneByOne(
    bindSender(
      { name: 'mock', kind: 'mock', idempotent: true },
      { channels: ['sms', 'whatsapp'], idempotent: true },
      opened,
    ),
  )
  const accepted = async (id: number, attempt = 1, turn?: number) =>
    (await sender.send(message(id, attempt, turn), never)).kind === 'accepted'
  return { sender, accepted, lines }
}

const range = (length: number) => Array.from({ length }, (_, i) => i)
const share = (outcomes: readonly boolean[]) => outcomes.filter(Boolean).length / outcomes.length

describe('mockSender()', () => {
  test('accepts the share of messages that it is told to, at every attempt', async () => {
    const { accepted } = setup({ successRate: 0.95 })
    for (const attempt of [1, 2, 3]) {
      const outcomes = await Promise.all(range(20_000).map((id) => accepted(id, attempt)))
      // Nine standard deviations (0.0015) either side.
      expect(share(outcomes)).toBeGreaterThan(0.936)
      expect(share(outcomes)).toBeLessThan(0.964)
    }
  })

  test('accepts all at 1 and none at 0', async () => {
    for (const successRate of [0, 1]) {
      const { accepted } = setup({ successRate })
      expect(share(await Promise.all(range(2_000).map((id) => accepted(id))))).toBe(successRate)
    }
  })

  test('decides anew at each attempt, for each seed and for each key', async () => {
    const [a, b] = [setup({ successRate: 0.5, seed: 1 }), setup({ successRate: 0.5, seed: 2 })]
    const agree = async (left: (id: number) => Promise<boolean>, right: (id: number) => Promise<boolean>) =>
      share(await Promise.all(range(10_000).map(async (id) => (await left(id)) === (await right(id)))))
    const pairs = [
      await agree(
        (id) => a.accepted(id, 1),
        (id) => a.accepted(id, 2),
      ),
      await agree(
        (id) => a.accepted(id),
        (id) => b.accepted(id),
      ),
      await agree(
        (id) => a.accepted(id),
        (id) => a.accepted(id + 1),
      ),
    ]
    // Independent coins agree half of the time; eight standard deviations (0.005) either side.
    for (const pair of pairs) expect(Math.abs(pair - 0.5)).toBeLessThan(0.04)
  })

  test('decides anew for a message whose attempts are counted anew: its turn is another one', async () => {
    const { accepted } = setup({ successRate: 0.5 })
    for (const [attempt, turn, otherAttempt, otherTurn] of [
      [1, 0, 1, 3],
      [2, 1, 2, 4],
      [3, 2, 3, 5],
      [1, 3, 1, 6],
      [1, 2, 2, 1],
    ] as const) {
      const same = range(10_000).map(
        async (id) => (await accepted(id, attempt, turn)) === (await accepted(id, otherAttempt, otherTurn)),
      )
      expect(Math.abs(share(await Promise.all(same)) - 0.5)).toBeLessThan(0.04)
    }
  })

  test('repeats with the same seed, whatever the order of calls', async () => {
    const call = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 5 }))
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(call), async (seed, calls) => {
        const run = async (order: typeof calls) => {
          const { accepted } = setup({ seed, successRate: 0.5 })
          const outcomes = new Map<string, boolean>()
          for (const [id, attempt] of order) outcomes.set(`${id}/${attempt}`, await accepted(id, attempt))
          return [...outcomes].sort()
        }
        expect(await run(calls)).toEqual(await run(calls.toReversed()))
      }),
    )
  })

  test('draws a seed from the clock when it is given none', async () => {
    const outcomes = async (random: number) => {
      const { accepted } = setup({ seed: undefined, successRate: 0.5, clock: { ...systemClock, random: () => random } })
      return Promise.all(range(100).map((id) => accepted(id)))
    }
    expect(await outcomes(0.1)).toEqual(await outcomes(0.1))
    expect(await outcomes(0.1)).not.toEqual(await outcomes(0.2))
  })

  test('gives a rejection that may be tried again, or an id that stays the same for a message', async () => {
    const bad = setup({ successRate: 0 })
    expect(await bad.sender.send(message(1), never)).toEqual({
      kind: 'rejected',
      code: 'provider.rejected',
      permanent: false,
    })
    const good = setup({ successRate: 1 })
    expect(await good.sender.send(message(42), never)).toEqual({ kind: 'accepted', id: 'mock-42' })
    expect(await good.sender.send(message(42, 2), never)).toEqual({ kind: 'accepted', id: 'mock-42' })
    expect(good.sender.idempotent).toBe(true)
  })

  test('logs each attempt with phone and text, at debug level', async () => {
    const { accepted, lines } = setup({ successRate: 1 })
    await accepted(1, 2)
    expect(lines).toEqual([[{ to: '+254712345678', text: 'Hi', attempt: 2, accepted: true }, 'mock sender']])
  })

  test('sets no timer without latency', async () => {
    const clock: Clock = { ...systemClock, sleep: () => expect.unreachable('slept') }
    expect((await setup({ successRate: 1, clock }).sender.send(message(1), never)).kind).toBe('accepted')
  })

  test('answers after its latency, and not before', async () => {
    const slept: number[] = []
    const waiting = Promise.withResolvers<void>()
    const sleep: Clock['sleep'] = (ms) => {
      slept.push(ms)
      return waiting.promise
    }
    const { sender, lines } = setup({ successRate: 1, latencyMs: 250, clock: { ...systemClock, sleep } })
    const answer = sender.send(message(1), never)
    await Promise.resolve()
    expect({ slept, lines }).toEqual({ slept: [250], lines: [] })
    waiting.resolve()
    expect((await answer).kind).toBe('accepted')
  })

  test('is unknown when it is aborted before or during its latency', async () => {
    const cutOff: Outcome = { kind: 'unknown', code: 'timeout' }
    const { sender, lines } = setup({ successRate: 1, latencyMs: 60_000 })
    const stop = new AbortController()
    const answer = sender.send(message(1), stop.signal)
    stop.abort()
    expect(await answer).toEqual(cutOff)
    expect(await sender.send(message(1), stop.signal)).toEqual(cutOff)
    expect(await setup({ successRate: 1 }).sender.send(message(1), stop.signal)).toEqual(cutOff)
    expect(lines).toEqual([])
  })
})

describe('receipts', () => {
  const sendTo = (phones: readonly string[], store: MockOptions['store'], successRate = 1) => {
    const clock = manualClock()
    const warned: unknown[] = []
    const log = { debug: () => {}, warn: (...line: unknown[]) => void warned.push(line) } as unknown as Log
    const sender = mockSender({ successRate, latencyMs: 0, seed: 7, log, clock, store })
    const send = () =>
      sender.send(
        phones.map((to, nth) => ({ ...message(nth + 1), to })),
        never,
      )
    return { clock, sender, send, warned }
  }
  const recorder = () => {
    const stored: (readonly Receipt[])[] = []
    return { stored, store: async (receipts: readonly Receipt[]) => void stored.push(receipts) }
  }

  test('tell a second after they were accepted that messages were delivered, many at once', async () => {
    const { stored, store } = recorder()
    const { clock, send } = sendTo(['+254712345678', '+254712345679'], store)
    await send()
    await clock.turn(BATCH_MS - 1)
    await send()
    expect(clock.sleepers()).toEqual([RECEIPT_DELAY_MS - BATCH_MS + 1])
    await clock.turn(RECEIPT_DELAY_MS - BATCH_MS)
    expect(stored).toEqual([])
    await clock.turn(1)
    const delivered = [1, 2, 1, 2].map((id) => ({
      messageId: `${id}`,
      providerId: `mock-${id}`,
      delivery: 'delivered',
    }))
    expect(stored).toEqual([delivered as Receipt[]])
  })

  test('begin another batch after a while, and after a thousand', async () => {
    const { stored, store } = recorder()
    const { clock, send } = sendTo(
      range(600).map(() => '+254712345678'),
      store,
    )
    await send()
    await send()
    await clock.turn(BATCH_MS)
    await send()
    await clock.turn(RECEIPT_DELAY_MS)
    expect(stored.map(({ length }) => length)).toEqual([1000, 200, 600])
  })

  test('are none of a message that was refused, and none where nobody stores them', async () => {
    const { stored, store } = recorder()
    const { clock, send } = sendTo(['+254712345678'], store, 0)
    await send()
    expect(clock.sleepers()).toEqual([])
    expect(stored).toEqual([])
    const without = sendTo(['+254712345678'], undefined)
    await without.send()
    expect(without.clock.sleepers()).toEqual([])
  })

  test('are stored before the sender is closed', async () => {
    const { stored, store } = recorder()
    const { sender, send } = sendTo(['+254712345678'], store)
    await send()
    await sender.close?.()
    expect(stored).toHaveLength(1)
  })

  test('are lost, and nothing else, when they cannot be stored; the log says so', async () => {
    const err = new Error('no database')
    const { clock, sender, send, warned } = sendTo(['+254712345678'], () => Promise.reject(err))
    await send()
    await clock.turn(RECEIPT_DELAY_MS)
    expect(warned).toEqual([[{ err, receipts: 1 }, 'Receipts of the mock sender are lost']])
    expect((await send())[0]?.kind).toBe('accepted')
    await sender.close?.()
  })

  test('follow the simulator numbers of GOV.UK Notify, which are accepted at any success rate', async () => {
    const { stored, store } = recorder()
    const ends = ['000', '111', '222', '001', '002', '003']
    const { clock, send } = sendTo(
      ends.map((end) => `+447700900${end}`),
      store,
      0,
    )
    expect((await send()).map(({ kind }) => kind)).toEqual(ends.map(() => 'accepted'))
    await clock.turn(RECEIPT_DELAY_MS)
    expect(stored.flat()).toEqual([
      { messageId: '4', providerId: 'mock-4', delivery: 'delivered' },
      {
        messageId: '5',
        providerId: 'mock-5',
        delivery: 'undelivered',
        providerCode: 'permanent-failure',
        about: 'number',
      },
      { messageId: '6', providerId: 'mock-6', delivery: 'undelivered', providerCode: 'temporary-failure' },
    ])
    // Another number of their range is like any other.
    expect((await sendTo(['+447700900004'], store, 0).send())[0]?.kind).toBe('rejected')
  })
})
