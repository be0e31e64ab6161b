import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { retryAfterMs } from '../../core/messaging/senders/provider-call.ts'

/** Ten seconds before the date that RFC 9110 5.6.7 writes in its three forms. */
const now = Date.UTC(1994, 10, 6, 8, 49, 27)

describe('retryAfterMs()', () => {
  test.each([
    ['7', 7_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['0', 100],
    ['9'.repeat(400), 3_600_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 10_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 10_000],
    ['Sun Nov  6 08:49:37 1994', 10_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 100],
    ['Sun, 06 Nov 2095 08:49:37 GMT', 3_600_000],
  ])('%j is %p ms', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms))

  test.each([[null], [''], ['-5'], ['soon'], ['1e3'], ['0x10'], ['Sun, 99 Foo 1994']])('%p names no pause', (header) =>
    expect(retryAfterMs(header, now)).toBeUndefined(),
  )

  test('is bounded, or undefined, for any header', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ noNaN: true }), (header, at) => {
        const ms = retryAfterMs(header, at) ?? 100
        expect(ms >= 100 && ms <= 3_600_000).toBe(true)
      }),
    )
  })
})
