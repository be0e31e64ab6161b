import { expect, test } from 'bun:test'
import { figureOf } from '../../scripts/bench/figures.ts'

test.each([
  [[5], { median: 5, min: 5, max: 5, rounds: 1 }],
  [[9, 1, 5], { median: 5, min: 1, max: 9, rounds: 3 }],
  [[10, 2, 4, 8], { median: 6, min: 2, max: 10, rounds: 4 }],
])('figureOf(%p)', (values, figure) => {
  const before = [...values]
  expect(figureOf(values)).toEqual(figure)
  expect(values).toEqual(before)
})

test('a figure needs a value', () => expect(() => figureOf([])).toThrow('A figure needs a value'))
