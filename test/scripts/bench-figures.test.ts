import { describe, expect, test } from 'bun:test'
import { figureOf, openNotebook, quantile } from '../../scripts/bench/figures.ts'
import { table, write } from '../../scripts/bench/format.ts'
import { peerKey } from '../../scripts/bench/keys.ts'
import { cpuSeconds, peakMemory } from '../../scripts/bench/procfs.ts'
import { valuesOf } from '../../scripts/bench/summary.ts'
import { judge, targets } from '../../scripts/bench/targets.ts'

test.each([
  [[5], { median: 5, min: 5, max: 5, rounds: 1 }],
  [[9, 1, 5], { median: 5, min: 1, max: 9, rounds: 3 }],
  [[10, 2, 4, 8], { median: 6, min: 2, max: 10, rounds: 4 }],
])('figureOf(%p)', (values, figure) => {
  const before = [...values]
  expect(figureOf(values)).toEqual(figure)
  expect(values).toEqual(before)
})

test('a figure and a quantile need a value', () => {
  expect(() => figureOf([])).toThrow('A figure needs a value')
  expect(() => quantile([], 0.5)).toThrow('A quantile needs a value')
})

test('quantile() takes the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, nth) => 100 - nth)
  expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 99, 100])
  expect(quantile([7, 3], 0.99)).toBe(7)
})

test('a notebook gathers the rounds of each key', () => {
  const { note, figures } = openNotebook()
  for (const value of [3, 1, 2]) note('a', value)
  note('b', 7)
  expect(figures()).toEqual({ a: figureOf([1, 2, 3]), b: figureOf([7]) })
})

test.each([
  [123_456.7, 'rate', '123,457/s'],
  [12.34, 'rate', '12.3/s'],
  [1.234, 'ms', '1.23 ms'],
  [45.67, 'ms', '45.7 ms'],
  [4567.8, 'ms', '4,568 ms'],
  [0.7345, 's', '0.73 s'],
  [150e6, 'mb', '150 MB'],
  [0.5512, 'ratio', '0.55'],
  [12.345, 'ratio', '12.3'],
  [0.0042, 'percent', '0.42 %'],
  [0.86, 'percent', '86.0 %'],
  [undefined, 'rate', '-'],
  [Number.NaN, 'ms', '-'],
] as const)('write(%p, %p) is %p', (value, unit, text) => expect(write(value, unit)).toBe(text))

test('a table has its figures to the right', () =>
  expect(table(['a', 'b'], [['x', '1']])).toBe('| a | b |\n| --- | ---: |\n| x | 1 |'))

describe('valuesOf()', () => {
  const of = (figures: Readonly<Record<string, readonly number[]>>) =>
    valuesOf(Object.fromEntries(Object.entries(figures).map(([key, values]) => [key, figureOf(values)])))

  test('compares medians: two workers with two sessions, one with one', () => {
    const values = of({
      'floor.1.rate': [100],
      'floor.2.rate': [190, 200, 900],
      'ours.postgres.1.rate': [60],
      'ours.postgres.2.rate': [130, 120, 110],
      'ours.rabbitmq.2.rate': [100],
    })
    expect(values).toMatchObject({
      'floor.rate': 200,
      'ours.postgres.rate': 120,
      'ours.postgres.efficiency': 0.6,
      'ours.postgres.1.efficiency': 0.6,
      'ours.rabbitmq.efficiency': 0.5,
    })
    expect(values).not.toHaveProperty('ours.rabbitmq.1.efficiency')
  })

  test('the best peer is the fastest that keeps every write; the control loop stands apart', () => {
    const values = of({
      'ours.postgres.2.rate': [100],
      [peerKey('a.redis.always')]: [10],
      [peerKey('a.redis.everysec')]: [50],
      [peerKey('b')]: [20],
      [peerKey('control')]: [40],
    })
    expect(values).toMatchObject({ 'ours.postgres.overBestPeer': 5, 'ours.postgres.overControl': 2.5 })
    expect(values).toHaveProperty(['control.rate'], 40)
  })

  test('growth is the most to the least over all sizes, and nothing until all are there', () => {
    const part = { 'growth.postgres.small.rate': [100], 'growth.postgres.middle.rate': [125] }
    expect(of(part)).not.toHaveProperty(['growth.postgres.time.ratio'])
    expect(of({ ...part, 'growth.postgres.large.rate': [110] })).toMatchObject({ 'growth.postgres.time.ratio': 1.25 })
  })
})

test('judge() knows both kinds of bounds, and what was not measured', () => {
  const share = { what: 'share', key: 'share', unit: 'ratio', atLeast: 0.6 } as const
  const time = { what: 'time', key: 'time', unit: 'ms', atMost: 50 } as const
  expect([0.6, 0.59].map((value) => judge(share, { share: value }))).toEqual(['met', 'missed'])
  expect([50, 50.1].map((value) => judge(time, { time: value }))).toEqual(['met', 'missed'])
  expect(judge(time, {})).toBe('not measured')
})

test('each target has one bound and a key of its own', () => {
  for (const { atMost, atLeast } of targets) expect((atMost === undefined) !== (atLeast === undefined)).toBe(true)
  expect(new Set(targets.map(({ key }) => key)).size).toBe(targets.length)
})

test.skipIf(process.platform !== 'linux')('/proc tells the memory and the CPU time of a process', () => {
  expect(peakMemory(process.pid)).toBeGreaterThan(10e6)
  const before = cpuSeconds(process.pid)
  for (const until = performance.now() + 100; performance.now() < until; ) JSON.stringify({ some: 'work' })
  expect(cpuSeconds(process.pid)).toBeGreaterThan(before)
})
