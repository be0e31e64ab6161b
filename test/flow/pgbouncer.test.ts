/** PgBouncer in transaction mode: it works with DATABASE_DIRECT_URL, and without it the start says what is missing. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { type Pgbouncer, pgbouncerAvailable, startPgbouncer } from '../support/pgbouncer.ts'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { releaseServers, runServer, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 180_000

describe.skipIf(!postgresAvailable || !pgbouncerAvailable)('PgBouncer in transaction mode', () => {
  let server: PostgresServer
  const poolers: Pgbouncer[] = []
  let ids: number[] = []
  beforeAll(async () => {
    server = await startPostgres({ binaries: postgresBinaries })
    const admin = postgres(server.url(), { max: 1 })
    await admin.unsafe('create database pooled')
    await admin.end()
    const { db, close } = openPostgres(server.url('pooled'), 1)
    await migrateToLatest(db)
    ids = await insertPeople(db, makePeople(2000, 3))
    await close()
  }, LONG)
  afterEach(async () => {
    await releaseServers()
    await Promise.all(poolers.splice(0).map((pooler) => pooler.dispose()))
  })
  afterAll(() => server.dispose())

  const open = async (...settings: string[]) => {
    const pooler = await startPgbouncer(server, settings)
    poolers.push(pooler)
    return pooler.url('pooled')
  }

  test(
    'sends a campaign with DATABASE_DIRECT_URL, from two processes',
    async () => {
      const settings = {
        DATABASE_URL: await open(),
        DATABASE_DIRECT_URL: server.url('pooled'),
        MOCK_SUCCESS_RATE: '1',
        // The wake-up must come by a notification, not by looking now and then.
        SCHEDULER_INTERVAL_MS: '60000',
      }
      const [front, back] = await Promise.all([
        startServer({ ...settings, PLUGINS: 'campaigns,health' }),
        startServer({ ...settings, PLUGINS: 'scheduler,worker,health' }),
      ])
      const api = openApi(front.url)
      const { id } = await api.post<{ id: number }>('/campaigns', {
        name: 'a',
        channel: 'sms',
        base_template: 'Hi {phone}',
      })
      await api.post(`/campaigns/${id}/send`, { customer_ids: ids })
      const view = () => api.get<{ status: string; stats: { sent: number } }>(`/campaigns/${id}`)
      await until('the campaign is sent', async () => (await view()).stats.sent === ids.length)
      for (const one of [front, back]) {
        expect((await fetch(`${one.url}/health`)).status).toBe(200)
        expect(one.output()).not.toMatch(/prepared statement|"level":[56]0/)
        expect(await one.end()).toBe(0)
      }
    },
    LONG,
  )

  test.each([
    ['that takes no settings of a session', [], /^Cannot open .*points to a pooler: also set DATABASE_DIRECT_URL/],
    [
      'that ignores settings of a session',
      ['ignore_startup_parameters = jit,idle_in_transaction_session_timeout'],
      /^DATABASE_URL leads to a pooler that keeps no sessions, .* Set DATABASE_DIRECT_URL/,
    ],
  ] as const)(
    '%s, and no DATABASE_DIRECT_URL: the start says so in one line',
    async (_, settings, line) => {
      const { code, stdout, stderr } = await runServer({ DATABASE_URL: await open(...settings) })
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(line) })
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    },
    LONG,
  )

  test(
    'in session mode it needs no DATABASE_DIRECT_URL',
    async () => {
      const url = await open(
        'pool_mode = session',
        'ignore_startup_parameters = jit,idle_in_transaction_session_timeout',
      )
      const running = await startServer({ DATABASE_URL: url })
      expect(await running.end()).toBe(0)
    },
    LONG,
  )
})
