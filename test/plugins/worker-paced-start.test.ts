/** Starting messages one after another, by a clock that the test turns. */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { manualClock, settled } from '../../core/host/manual-clock.ts'
import type { Call } from '../../plugins/worker/calls.ts'
import { openPacedStart } from '../../plugins/worker/paced-start.ts'

const callOf = (id: number) => ({ message: { id: String(id) }, text: '' }) as unknown as Call
const idOf = ({ message }: Call) => Number(message.id)

function setup(withinMs = 60_000, batch = 1) {
  const manual = manualClock()
  /** Milliseconds that the process was suspended for. */
  let suspended = 0
  const clock = { ...manual, elapsed: () => manual.elapsed() + suspended }
  const stop = new AbortController()
  const started: { id: number; at: number }[] = []
  const dropped: number[] = []
  const begun = clock.elapsed()
  const paced = openPacedStart({
    clock,
    stop: stop.signal,
    batch,
    start: (batch) => started.push(...batch.map((call) => ({ id: idOf(call), at: clock.elapsed() - begun }))),
    dropped: (batch) => dropped.push(...batch.map(idOf)),
  })
  const add = (
    ids: readonly number[],
    times: { start_ms: number; gap_ms: number; step_ms?: number },
    costs?: number[],
  ) => paced.add(ids.map(callOf), costs, { step_ms: 0, ...times, asked: clock.elapsed(), within: withinMs })
  const turn = manual.turn
  const suspend = (ms: number) => {
    suspended += ms
  }
  return { clock, stop, started, dropped, paced, add, turn, suspend }
}

test('each message starts after those before it have had their time, by their costs', async () => {
  const { started, paced, add, turn } = setup()
  add([1, 2, 3], { start_ms: 20, gap_ms: 10 }, [1, 3, 1])
  expect(paced.waiting()).toBe(3)
  await turn(100)
  expect(started).toEqual([
    { id: 1, at: 20 },
    { id: 2, at: 30 },
    { id: 3, at: 60 },
  ])
  expect(paced.waiting()).toBe(0)
})

test('messages that go in one call wait for each other for a moment, and start no earlier for it', async () => {
  const { started, paced, add, turn } = setup(60_000, 3)
  add([1, 2, 3, 4, 5], { start_ms: 20, gap_ms: 40 })
  await turn(99)
  expect(started).toEqual([])
  await turn(1)
  expect(started).toEqual([1, 2, 3].map((id) => ({ id, at: 100 })))
  await turn(79)
  expect(paced.waiting()).toBe(2)
  await turn(1)
  expect(started.slice(3)).toEqual([4, 5].map((id) => ({ id, at: 180 })))
})

test('a message whose followers are far away does not wait for them', async () => {
  const { started, add, turn } = setup(60_000, 3)
  add([1, 2, 3], { start_ms: 0, gap_ms: 150 })
  await turn(500)
  expect(started.map(({ at }) => at)).toEqual([0, 150, 300])
})

test('a campaign’s own rate keeps messages apart whatever they cost', async () => {
  const { started, add, turn } = setup()
  add([1, 2], { start_ms: 0, gap_ms: 1, step_ms: 50 })
  await turn(100)
  expect(started.map(({ at }) => at)).toEqual([0, 50])
})

test('an answer that comes late does not start its messages beside those of the one before', async () => {
  const { started, add, turn } = setup()
  add([1, 2], { start_ms: 0, gap_ms: 40 })
  await turn(10)
  add([3], { start_ms: 0, gap_ms: 40 })
  await turn(200)
  expect(started.map(({ at }) => at)).toEqual([0, 40, 80])
})

test('a stop drops what waits, in its order', async () => {
  const { stop, started, dropped, paced, add, turn } = setup()
  add([1, 2, 3], { start_ms: 0, gap_ms: 50 })
  await turn(10)
  stop.abort()
  await settled()
  expect([started.map(({ id }) => id), dropped, paced.waiting()]).toEqual([[1], [2, 3], 0])
})

test('race 12: a process that was suspended starts nothing when its lease may be over', async () => {
  const { started, dropped, add, turn, suspend } = setup(1000)
  add([1, 2], { start_ms: 100, gap_ms: 100 })
  suspend(5000)
  await turn(100)
  expect([started, dropped]).toEqual([[], [1, 2]])
})

test('whatever is added when, no message starts twice or before its time, and all of them start or are dropped', async () => {
  const batch = fc.record({
    size: fc.integer({ min: 1, max: 6 }),
    start_ms: fc.nat({ max: 80 }),
    gap_ms: fc.nat({ max: 30 }),
    pause: fc.nat({ max: 60 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 8 }), fc.boolean(), async (batches, stops) => {
      const { clock, stop, started, dropped, paced, add, turn } = setup()
      const begun = clock.elapsed()
      const earliest = new Map<number, number>()
      let id = 0
      for (const { size, pause, ...times } of batches) {
        const ids = Array.from({ length: size }, () => ++id)
        for (const [nth, one] of ids.entries())
          earliest.set(one, clock.elapsed() - begun + times.start_ms + nth * times.gap_ms)
        add(ids, times)
        await turn(pause)
      }
      if (stops) stop.abort()
      await turn(2000)
      expect(paced.waiting()).toBe(0)
      const all = [...started.map((one) => one.id), ...dropped]
      expect(all).toEqual(Array.from({ length: id }, (_, nth) => nth + 1))
      for (const { id: one, at } of started) expect(at).toBeGreaterThanOrEqual(earliest.get(one) ?? 0)
    }),
    { numRuns: 40 },
  )
})
