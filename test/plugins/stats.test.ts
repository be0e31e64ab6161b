import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { noteOn } from '../../plugins/stats/note.ts'
import { openPace, openRates } from '../../plugins/stats/rates.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

describe('openRates()', () => {
  const counter = (settled: number, runningMs = 2000) => ({ id: 1, settled, runningMs })

  test('goes by the time since the start at first, then by how the counters moved', () => {
    let now = 0
    const rates = openRates(() => now)
    expect(rates([counter(100)]).get(1)).toBe(50)
    now = 1000
    expect(rates([counter(400)]).get(1)).toBe(300)
    now = 2000
    expect(rates([counter(400)]).get(1)).toBe(150)
    now = 11_500
    expect(rates([counter(400)]).get(1)).toBe(0)
  })

  test('forgets looks that lie too far back, and takes none twice in a moment', () => {
    let now = 0
    const rates = openRates(() => now)
    rates([counter(0)])
    now = 100
    expect(rates([counter(50)]).get(1)).toBe(25)
    now = 60_000
    expect(rates([counter(600, 60_000)]).get(1)).toBe(10)
    expect(rates([{ id: 2, settled: 10, runningMs: 0 }]).get(2)).toBe(0)
  })
})

test('openPace() tells nothing until it has seen enough, then the pace of the last seconds', () => {
  let now = 0
  const pace = openPace(() => now)
  expect(pace(1000)).toBeUndefined()
  now = 200
  expect(pace(1200)).toBeUndefined()
  now = 1000
  expect(pace(3000)).toBe(2000)
  now = 2500
  expect(pace(3000)).toBe(800)
  now = 60_000
  expect(pace(9000)).toBeUndefined()
})

test('noteOn() speaks only when work waits and nobody does it', () => {
  expect(noteOn({ work: false, scheduled: false, plugins: [] })).toBeNull()
  expect(noteOn({ work: true, scheduled: true, plugins: ['worker', 'scheduler'] })).toBeNull()
  expect(noteOn({ work: true, scheduled: false, plugins: ['scheduler'] })).toContain('worker')
  expect(noteOn({ work: false, scheduled: true, plugins: ['worker'] })).toContain('scheduler')
})

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  test('GET /stats of an empty system', async () => {
    const { status, json } = await api.call('GET', '/stats')
    expect(status).toBe(200)
    const nothing = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0 }
    expect(json).toEqual({
      at: expect.stringMatching(/Z$/),
      messages: nothing,
      throughput: { now: 0, step_seconds: 5, last_10_minutes: Array(120).fill(0) },
      channels: [
        { channel: 'sms', stats: nothing },
        { channel: 'whatsapp', stats: nothing },
      ],
      campaigns: [],
      scheduled: { campaigns: 0, next_at: null },
      queue: {
        held_chunks: 0,
        ready_chunks: 0,
        published_chunks: 0,
        leased_chunks: 0,
        waiting_messages: 0,
        next_due_at: null,
        broker: null,
      },
      workers: [],
      resting_channels: [],
      failures: [],
      health: {
        status: 'healthy',
        checks: {
          database: { status: 'healthy' },
          queue: { status: 'healthy' },
          senders: { status: 'healthy' },
          loops: { status: 'healthy', loops: [] },
        },
      },
      uptime_seconds: 60,
      note: null,
    })
  })

  test('GET /stats counts by chunks, names who works, and says when nobody does', async () => {
    const { db } = database()
    await sql`insert into customers (phone) select '+2547' || (10000000 + i) from generate_series(1, 700) i`.execute(db)
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'b' })
    await api.call('POST', '/campaigns/1/send', { customer_ids: Array.from({ length: 700 }, (_, i) => i + 1) })
    await sql`update dispatch_chunks set state = 'leased', in_flight = 10, sent = 50 where size = 500`.execute(db)
    await sql`update dispatch_chunks set due_at = now() + interval '1 hour' where size = 200`.execute(db)
    await sql`insert into processes (id, host, pid, plugins, rate, seen_at) values
      ('a', 'here', 1, '{campaigns}', 0, now()), ('b', 'gone', 2, '{worker}', 9, now() - interval '1 minute')`.execute(
      db,
    )
    const { json } = await api.call('GET', '/stats')
    const stats = { total: 700, pending: 640, sending: 10, sent: 50, failed: 0, skipped: 0, unknown: 0 }
    expect(json.messages).toEqual(stats)
    expect(json.campaigns).toEqual([
      {
        id: 1,
        name: 'a',
        channel: 'sms',
        status: 'sending',
        stats,
        started_at: expect.stringMatching(/Z$/),
        completed_at: null,
        rate: expect.any(Number),
        eta_seconds: expect.any(Number),
      },
    ])
    expect(json.queue).toEqual({
      held_chunks: 0,
      ready_chunks: 1,
      published_chunks: 0,
      leased_chunks: 1,
      waiting_messages: 650,
      next_due_at: expect.stringMatching(/Z$/),
      broker: null,
    })
    expect(json.workers).toEqual([
      {
        id: 'a',
        host: 'here',
        pid: 1,
        plugins: ['campaigns'],
        rate: 0,
        started_at: expect.stringMatching(/Z$/),
        seen_at: expect.stringMatching(/Z$/),
      },
    ])
    expect(json.note).toContain('worker or scheduler')
  })
})
