import { describe, expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import { FIRST_BATCH, LARGEST_BATCH, nextBatchSize } from '../../plugins/customers/import/batch-size.ts'
import { measureTurns } from '../../plugins/customers/import/longest-turn.ts'

describe('nextBatchSize()', () => {
  for (const [what, size, rows, ms, next] of [
    ['is kept while a batch takes what it should', 200, 200, 12, 200],
    ['is kept at the other end of that', 200, 200, 20, 200],
    ['grows in proportion', 200, 200, 10, 300],
    ['grows to the double at most', 200, 200, 1, 400],
    ['grows where no time was measured', 200, 200, 0, 400],
    ['grows to the largest', 1500, 1500, 1, LARGEST_BATCH],
    ['shrinks in proportion', 200, 200, 25, 120],
    ['shrinks to the half at most', 200, 200, 1000, 100],
    ['shrinks to the smallest', 30, 30, 1000, 20],
    ['is kept after a few rows that were fast', 200, 3, 1, 200],
    ['shrinks after a few rows that were slow', 200, 150, 25, 100],
  ] as const)
    test(what, () => expect(nextBatchSize(size, { rows, ms })).toBe(next))

  /** The size after so many batches, where a row takes `ms` and a batch 3 ms besides. */
  const settled = (ms: number, from = FIRST_BATCH) =>
    Array.from({ length: 20 }).reduce<number>((size) => nextBatchSize(size, { rows: size, ms: 3 + size * ms }), from)

  test('settles on the size that takes the aim, from either side', () => {
    for (const ms of [0.05, 0.1, 0.3, 1])
      for (const from of [20, FIRST_BATCH, LARGEST_BATCH]) {
        const took = 3 + settled(ms, from) * ms
        expect([took >= 11, took <= 24]).toEqual([true, true])
      }
  })
})

describe('measureTurns()', () => {
  function spin(ms: number): void {
    for (const end = performance.now() + ms; performance.now() < end; );
  }

  test('counts work that lets nobody have a turn, and not a wait', async () => {
    const { result, longest } = await measureTurns(async () => {
      await Bun.sleep(1)
      spin(80)
      return 'written'
    }, systemClock)
    expect(result).toBe('written')
    expect(longest).toBeGreaterThanOrEqual(80)
  })

  /** A clock that passes only while somebody sleeps. */
  function sleepersClock() {
    let now = 0
    const sleep = (ms: number, signal?: AbortSignal) => {
      if (!signal?.aborted) now += ms
      return systemClock.sleep(0, signal)
    }
    return { ...systemClock, elapsed: () => now, sleep }
  }

  test('a long wait is no long turn', async () => {
    const clock = sleepersClock()
    const { longest } = await measureTurns(async () => {
      while (clock.elapsed() < 1000) await systemClock.sleep(1)
    }, clock)
    expect(longest).toBe(5)
  })

  test('rejects as the work does', async () => {
    const failed = measureTurns(() => Promise.reject(new Error('no database')), systemClock)
    await expect(failed).rejects.toThrow('no database')
  })
})
