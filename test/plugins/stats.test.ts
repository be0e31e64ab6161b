import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { noteOn } from '../../plugins/stats/note.ts'
import { openRates } from '../../plugins/stats/rates.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const noReceipts = { delivered: 0, undelivered: 0, read: 0 }

describe('openRates()', () => {
  const counter = (done: number, runningMs = 60_000, id = 1) => ({ id, done, runningMs })
  let now = 0
  const open = () => {
    now = 0
    return openRates(() => now)
  }

  test('goes by the time since the start at first, then by how the counters moved', () => {
    const rates = open()
    expect(rates(100, [counter(100, 2000)])).toEqual({ now: 50, byCampaign: new Map([[1, 50]]) })
    now = 1000
    expect(rates(400, [counter(400, 3000)]).byCampaign.get(1)).toBe(300)
    now = 2000
    expect(rates(400, [counter(400, 4000)]).byCampaign.get(1)).toBe(150)
    now = 6500
    expect(rates(400, [counter(400, 8500)]).byCampaign.get(1)).toBe(0)
  })

  test('forgets looks that lie too far back, and takes none twice in a moment', () => {
    const rates = open()
    rates(0, [counter(0, 2000)])
    now = 100
    expect(rates(50, [counter(50, 2000)]).byCampaign.get(1)).toBe(25)
    now = 60_000
    expect(rates(600, [counter(600)]).byCampaign.get(1)).toBe(10)
    expect(rates(610, [counter(10, 0, 2)]).byCampaign.get(2)).toBe(0)
  })

  test.each([
    ['one that has run for long', [[100, 60_000]]],
    ['one that has just begun', [[900, 1500]]],
    [
      'one that began while another ran',
      [
        [100, 60_000],
        [400, 1000],
      ],
    ],
  ] as const)('the rates of campaigns add up to that of the whole: %s', (_, moved) => {
    const rates = open()
    const running = moved.filter(([, ms]) => ms > 4000)
    rates(
      5000,
      running.map((_, nth) => counter(0, 56_000, nth)),
    )
    now = 4000
    const counters = moved.map(([done, ms], nth) => counter(done, ms, nth))
    const { now: whole, byCampaign } = rates(5000 + moved.reduce((sum, [done]) => sum + done, 0), counters)
    expect(whole).toBeGreaterThan(0)
    expect([...byCampaign.values()].reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(whole, 5)
  })

  test('the first seconds of a campaign are not averaged with the idle ones before it', () => {
    const rates = open()
    rates(0, [])
    now = 4000
    expect(rates(1000, [counter(1000, 1000)])).toEqual({ now: 1000, byCampaign: new Map([[1, 1000]]) })
  })

  test('a campaign that was not listed before is not taken for a leap', () => {
    const rates = open()
    rates(100_000, [])
    now = 1000
    expect(rates(100_000, [counter(100_000, 100_000)]).byCampaign.get(1)).toBe(1000)
  })
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
    const nothing = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...noReceipts }
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
      senders: { sms: null, whatsapp: null },
      failures: [],
      health: {
        status: 'healthy',
        checks: {
          database: { status: 'healthy' },
          queue: { status: 'healthy' },
          senders: { status: 'healthy' },
          dispatch: { status: 'healthy' },
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
    const stats = { total: 700, pending: 640, sending: 10, sent: 50, failed: 0, skipped: 0, unknown: 0, ...noReceipts }
    expect(json.messages).toEqual(stats)
    expect(json.campaigns).toEqual([
      {
        id: 1,
        name: 'a',
        channel: 'sms',
        status: 'sending',
        audience_open: false,
        queueing: false,
        paused_reason: null,
        stats,
        started_at: expect.stringMatching(/Z$/),
        completed_at: null,
        waiting: { reason: 'no_worker', since: null, until: null, detail: expect.stringContaining('worker') },
        rate: 0,
        eta_seconds: null,
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
    expect(json.note).toContain('"worker" or "scheduler"')
  })

  test('the time left goes by the limit of the sender or the campaign, where no rate is known yet', async () => {
    const { db } = database()
    await sql`insert into customers (phone) select '+2547' || (10000000 + i) from generate_series(1, 500) i`.execute(db)
    // Two parts of an SMS.
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'x'.repeat(200) })
    await api.call('POST', '/campaigns/1/send', { customer_ids: Array.from({ length: 500 }, (_, i) => i + 1) })
    await sql`update dispatch_chunks set state = 'leased'`.execute(db)
    await sql`insert into processes (id, host, pid, plugins, rate, seen_at) values
      ('a', 'here', 1, '{worker,scheduler}', 0, now())`.execute(db)
    const etaOf = async () => (await api.call('GET', '/stats')).json.campaigns[0].eta_seconds
    expect(await etaOf()).toBeNull()
    await sql`update senders set rate = 20, unit = 'segment' where name = 'sms'`.execute(db)
    expect(await etaOf()).toBe(50)
    // One part and three: the texts have two on average, as before.
    const texts = { sw: 'Habari', fr: 'x'.repeat(400) }
    await sql`update campaigns set texts = ${texts}::jsonb`.execute(db)
    expect(await etaOf()).toBe(50)
    await sql`update campaigns set texts = '{"sw": "Habari"}'`.execute(db)
    expect(await etaOf()).toBe(38)
    await sql`update senders set unit = 'message' where name = 'sms'`.execute(db)
    expect(await etaOf()).toBe(25)
    await sql`update campaigns set max_rate = 5`.execute(db)
    expect(await etaOf()).toBe(100)
    await sql`update senders set rate = null`.execute(db)
    expect(await etaOf()).toBe(100)
  })

  test('the time left is that of the sender that takes longest, where countries have senders of their own', async () => {
    const { db } = database()
    await sql`insert into country_routes values ('sms', 'KE', '{whatsapp}')`.execute(db)
    await sql`insert into customers (phone) select case when i <= 100 then '+2547' else '+2348' end || (10000000 + i)
      from generate_series(1, 500) i`.execute(db)
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hi' })
    await api.call('POST', '/campaigns/1/send', { customer_ids: Array.from({ length: 500 }, (_, i) => i + 1) })
    await sql`update dispatch_chunks set state = 'leased'`.execute(db)
    await sql`insert into processes (id, host, pid, plugins, rate, seen_at) values
      ('a', 'here', 1, '{worker,scheduler}', 0, now())`.execute(db)
    const etaOf = async () => (await api.call('GET', '/stats')).json.campaigns[0].eta_seconds
    expect(await etaOf()).toBeNull()
    await sql`update senders set rate = 10`.execute(db)
    expect(await etaOf()).toBe(40)
    await sql`update senders set rate = 1 where name = 'whatsapp'`.execute(db)
    expect(await etaOf()).toBe(100)
    // One sender for both.
    await sql`update country_routes set senders = '{sms}'`.execute(db)
    expect(await etaOf()).toBe(50)
    // Nobody knows when those go on who wait for a person.
    await sql`update country_routes set senders = '{}'`.execute(db)
    expect(await etaOf()).toBeNull()
    await sql`update campaigns set sender = 'sms'`.execute(db)
    expect(await etaOf()).toBe(50)
  })
})
