import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { distance, nearest } from '../../core/text/nearest.ts'

describe('distance()', () => {
  test.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('%j to %j is %p', (a, b, edits) => expect(distance(a, b)).toBe(edits))

  test('is symmetric, zero for equals only, and no longer than the longer word', () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') })
    fc.assert(
      fc.property(word, word, (a, b) => {
        const edits = distance(a, b)
        expect(edits).toBe(distance(b, a))
        expect(edits === 0).toBe(a === b)
        expect(edits).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})

describe('nearest()', () => {
  test('prefers the nearest, and the first of equals', () => {
    expect(nearest('worke', ['works', 'worker', 'work'])).toBe('works')
    expect(nearest('first_nam', ['fist_names', 'first_name'])).toBe('first_name')
  })

  test('allows two slips in a long name, one in a short one', () => {
    expect(nearest('WORKER_WIDNWOS', ['WORKER_WINDOW'])).toBeUndefined()
    expect(nearest('WORKER_WNIDOW', ['WORKER_WINDOW'])).toBe('WORKER_WINDOW')
    expect(nearest('HOME', ['HOST'])).toBeUndefined()
  })

  test('finds nothing far away', () => {
    expect(nearest('xyz', ['worker', 'stats'])).toBeUndefined()
    expect(nearest('', ['abc', 'a'])).toBeUndefined()
    expect(nearest('a', ['b', 'ab'])).toBeUndefined()
  })
})
