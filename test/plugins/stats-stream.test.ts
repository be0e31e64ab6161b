import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { overSocket } from '../../core/http/socket.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { until } from '../support/server-process-wait.ts'

const releasers: (() => unknown)[] = []
afterEach(async () => {
  for (const release of releasers.splice(0).reverse()) await release()
})

/** Counts the queries that go through it. */
function counted(db: Kysely<Database>) {
  const count = { queries: 0 }
  const watched = db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      count.queries++
      return result
    },
  })
  return { db: watched, count }
}

/** The routes on a socket of their own, since only a socket can be hung up. */
function serve(api: Api) {
  // In seconds, as the program has it, but shorter than the time between two heartbeats.
  const socket = { port: 0, hostname: '127.0.0.1', idleTimeout: 1 }
  const server = Bun.serve({ ...socket, fetch: overSocket((request) => api.app.handle(request), socket.idleTimeout) })
  releasers.push(() => server.stop(true))
  const open = async () => readEvents(await fetch(new URL('/stats/stream', server.url)))
  return { server, open }
}

eachDatabase((database, kind) => {
  let api: Api
  let count: { queries: number }
  beforeEach(async () => {
    await emptyTables(database().db)
    const watched = counted(database().db)
    count = watched.count
    api = openApi(watched.db)
  })

  test('GET /stats/stream begins with what GET /stats answers, and tells of changes', async () => {
    const { open } = serve(api)
    const events = await open()
    expect(await events.block()).toBe('retry: 2000')
    const { event, id, data } = await events.next()
    const { json } = await api.call('GET', '/stats')
    expect([event, id]).toEqual(['snapshot', '1'])
    expect({ ...data, at: '', uptime_seconds: 0 }).toEqual({ ...json, at: '', uptime_seconds: 0 })
    await sql`insert into customers (phone) values ('+254712345678')`.execute(database().db)
    await api.call('POST', '/campaigns', { name: 'Live', channel: 'whatsapp', base_template: 'b' })
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1] })
    const changed = await events.next()
    expect(changed.data.campaigns).toMatchObject([{ id: 1, name: 'Live', status: 'sending', stats: { pending: 1 } }])
    await events.close()
  })

  test('twenty readers cost one query a look, and none when they have hung up', async () => {
    const { open } = serve(api)
    const all = await Promise.all(Array.from({ length: 20 }, open))
    for (const events of all) expect((await events.next()).event).toBe('snapshot')
    expect(count.queries).toBeLessThan(4)
    await Promise.all(all.map((events) => events.close()))
    let before = -1
    await until('nothing is asked any more', async () => {
      const still = before === count.queries
      before = count.queries
      await Bun.sleep(1300)
      return still && before === count.queries
    })
  })

  // The database has no part in it.
  test.skipIf(kind === 'postgres')('it is not cut off as idle while nothing happens', async () => {
    const { open } = serve(api)
    const events = await open()
    await events.next()
    await Bun.sleep(3000)
    await sql`insert into campaigns (name, channel, base_template, status) values ('a', 'sms', 'b', 'paused')`.execute(
      database().db,
    )
    expect((await events.next()).data.campaigns).toMatchObject([{ name: 'a', status: 'paused', rate: 0 }])
    await events.close()
  })

  test('HEAD leaves nothing open', async () => {
    const { status, headers, text } = await api.call('HEAD', '/stats/stream')
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/event-stream; charset=utf-8', ''])
    await Bun.sleep(300)
    expect(count.queries).toBe(0)
  })

  test('a stop ends it', async () => {
    const { open } = serve(api)
    const events = await open()
    await events.next()
    api.stop()
    expect(await events.block()).toBeUndefined()
  })

  test('history and failures are what workers wrote down: complete spans, newest failures first', async () => {
    const { db } = database()
    await sql`insert into campaigns (name, channel, base_template) values ('a', 'sms', 'b')`.execute(db)
    await sql`insert into throughput (at, settled)
      select date_bin('5 seconds', now(), 'epoch'::timestamptz) - i * interval '5 seconds', 100 * (i + 1)
      from unnest(array[0, 1, 2, 120, 121]) i`.execute(db)
    await sql`insert into failures (at, campaign_id, status, code, count)
      select now() - i * interval '1 minute', 1, 'failed', 'code.' || i, i + 1 from generate_series(0, 29) i`.execute(
      db,
    )
    const { json } = await api.call('GET', '/stats')
    const { last_10_minutes: history, step_seconds } = json.throughput
    expect([history.length * step_seconds, history.at(-1), history.at(-2), history[0]]).toEqual([600, 40, 60, 2420])
    expect(history.filter((rate: number) => rate > 0)).toHaveLength(3)
    expect(json.failures).toHaveLength(20)
    expect(json.failures[0]).toEqual({
      at: expect.stringMatching(/Z$/),
      campaign_id: 1,
      campaign: 'a',
      channel: 'sms',
      status: 'failed',
      code: 'code.0',
      count: 1,
    })
  })
})
