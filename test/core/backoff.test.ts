import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { backoffMs, bucketSeconds, MAX_BACKOFF_MS } from '../../core/messaging/chunk/retry.ts'

describe('backoffMs()', () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [9, 128_000],
    [10, MAX_BACKOFF_MS / 2],
    [5_000, MAX_BACKOFF_MS / 2],
  ])('after try %p lies half of the time below %p ms', (attempt, expected) =>
    expect(backoffMs(attempt, 1_000, () => 0.5)).toBe(expected),
  )

  test('rounds down, to stay below the ceiling', () => expect(backoffMs(1, 1, () => 0.999)).toBe(0))

  test('may be nothing: the jitter is full', () => expect(backoffMs(3, 1_000, () => 0)).toBe(0))

  test('is a whole number from 0 to below the ceiling, for anything', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 0 }), fc.integer({ min: 0, max: 3_600_000 }), unit, (attempt, baseMs, random) => {
        const ms = backoffMs(attempt, baseMs, () => random)
        expect(Number.isInteger(ms)).toBe(true)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThanOrEqual(Math.min(MAX_BACKOFF_MS, baseMs * 2 ** Math.min(Math.max(attempt - 1, 0), 40)))
      }),
    )
  })
})

describe('bucketSeconds()', () => {
  test.each([
    [0, 0],
    [1, 1],
    [1000, 1],
    [7999, 1],
    [8000, 2],
    [60_000, 8],
    [3_600_000, 512],
  ])('a delay of %p ms gathers for %p seconds', (delayMs, expected) => expect(bucketSeconds(delayMs)).toBe(expected))

  test('is a second, or no more than a quarter of the delay', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000 }), (delayMs) => {
        const seconds = bucketSeconds(delayMs)
        expect(seconds).toBeLessThanOrEqual(Math.max(1, delayMs / 4000))
        expect(seconds).toBeGreaterThanOrEqual(Math.min(1, delayMs / 8000))
      }),
    )
  })
})
