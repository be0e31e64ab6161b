import { describe, expect, test } from 'bun:test'
import { chartOf } from '../../scripts/bench/chart.ts'
import { figureOf } from '../../scripts/bench/figures.ts'
import { peerKey } from '../../scripts/bench/keys.ts'
import { planOf } from '../../scripts/bench/plan.ts'
import type { Run } from '../../scripts/bench/report/run.ts'
import { jsonOf, pictureOf, reportOf } from '../../scripts/bench/results.ts'
import { valuesOf } from '../../scripts/bench/summary.ts'

const figures = {
  'floor.2.rate': figureOf([200_000, 210_000, 190_000]),
  'ours.postgres.2.rate': figureOf([130_000, 120_000, 125_000]),
  'ours.rabbitmq.2.rate': figureOf([90_000]),
  'api.idle.list.32.p99': figureOf([12.5]),
  'render.seconds': figureOf([0.5]),
  [peerKey('slow')]: figureOf([5000]),
  [peerKey('slow.everysec')]: figureOf([9000]),
}
const peer = { offers: 'Cron.', settings: 'batches of 10', workers: 2, versions: { slow: '1.2.3' }, missing: '' }
const run: Run = {
  command: 'npm run bench',
  at: new Date('2030-01-02T03:04:05Z'),
  seconds: 61,
  machine: {
    cpu: '2 cores',
    memory: '4 GiB',
    system: 'Linux 6',
    disk: 'ext4 on /dev/x',
    load: 0.12,
    versions: { Bun: '1.4.5' },
  },
  postgres: { shared_buffers: '1GB' },
  plan: planOf({ quick: false }),
  figures,
  values: valuesOf(figures),
  peers: [
    { ...peer, name: 'slow', label: 'Slow <queue>' },
    { ...peer, name: 'slow.everysec', label: 'Slow, every second' },
    { ...peer, name: 'away', label: 'Away', missing: 'this machine has none' },
  ],
}

describe('reportOf()', () => {
  const report = reportOf(run)

  test.each([
    'Written by `npm run bench` on 2030-01-02 in 2 min. 2 cores, 4 GiB, Linux 6; ext4 on /dev/x; load 0.1 before it began. Bun 1.4.5.',
    '| Share of the floor, 2 workers, PostgreSQL as the queue | at least 0.60 | 0.63 | met |',
    '| Share of the floor, 2 workers, RabbitMQ as the queue | at least 0.50 | 0.45 | missed |',
    '| Times the best durable peer, PostgreSQL as the queue | at least 5.00 | 25.0 | met |',
    '| GET /campaigns, p99, 32 connections, idle | at most 10.0 ms | 12.5 ms | missed |',
    '| /send beside its INSERT ... SELECT alone | at most 3.00 | - | not measured |',
    '| the floor, 2 sessions | 200,000 | 200,000/s | 190,000/s | 210,000/s | 3 | 1 |',
    '| Slow <queue> | 50,000 | 5,000/s | 5,000/s | 5,000/s | 1 | 0.03 |',
    '- **Slow <queue>**. Cron. Here: slow 1.2.3; 2 workers; batches of 10.',
    '- **Away**, not measured because this machine has none. Cron.',
  ])('says: %s', (line) => expect(report).toContain(line))

  test('every row of a table has as many cells as its head', () => {
    const tables = report.split('\n\n').filter((block) => block.startsWith('|'))
    expect(tables.length).toBeGreaterThan(7)
    for (const block of tables)
      expect(
        new Set(
          block
            .trim()
            .split('\n')
            .map((line) => line.split('|').length),
        ).size,
      ).toBe(1)
  })

  test('nothing is written as undefined or NaN', () => expect(report).not.toMatch(/undefined|NaN|\[object/))
})

test('the picture shows what is durable, the fastest peers first', () => {
  const picture = pictureOf(run)
  expect(picture).toContain('Slow &lt;queue&gt;')
  expect(picture).toContain('125,000/s')
  expect(picture).not.toContain('every second')
  expect(picture).not.toContain('Away')
})

test('a chart draws each bar to scale, and none for nothing', () => {
  const bar = { kind: 'ours', text: '' } as const
  const widths = (values: readonly number[]) =>
    [
      ...chartOf({
        title: 't',
        note: 'n',
        bars: values.map((value) => ({ ...bar, label: String(value), value })),
      }).matchAll(/<rect [^>]*width="([\d.]+)"/g),
    ].map(([, width]) => Number(width))
  const [whole = 0, half = 0] = widths([100, 50])
  expect(whole / half).toBeCloseTo(2)
  expect(widths([])).toEqual([])
  expect(widths([0])).toEqual([1])
})

test('the JSON has a number under each key, and the spread beside', () => {
  const json = JSON.parse(jsonOf(run))
  expect(json['floor.rate']).toBe(200_000)
  expect(json['ours.postgres.efficiency']).toBe(0.625)
  expect(json['peers.slow.rate']).toBe(5000)
  expect(json.figures['ours.postgres.2.rate']).toEqual({ median: 125_000, min: 120_000, max: 130_000, rounds: 3 })
})
