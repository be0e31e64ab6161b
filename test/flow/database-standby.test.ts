/** PostgreSQL with a hot standby: the service is started on it, fails over to it, and waits for one that is gone. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { addCustomer, call, databaseHealth } from '../support/call.ts'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { launchServer, releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

const PEOPLE = 2000
/** More than the process has connections. */
const WRITES = 12
const mock = { MOCK_SUCCESS_RATE: '1', MOCK_LATENCY_MS: '200', WORKER_CONCURRENCY: '2' }

async function onServer<T>(server: PostgresServer, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(server.url(), { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

const promote = (server: PostgresServer) => onServer(server, (sql) => sql`select pg_promote()`)

async function startCampaign(url: string): Promise<() => Promise<{ status: string; stats: object }>> {
  const { json } = await call(url, '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hello' })
  const customer_ids = Array.from({ length: PEOPLE }, (_, nth) => nth + 1)
  expect((await call(url, `/campaigns/${json.id}/send`, { customer_ids })).status).toBe(200)
  return async () => (await call(url, `/campaigns/${json.id}`)).json
}

describe.skipIf(!postgresAvailable)('with a hot standby', () => {
  let primary: PostgresServer
  let standby: PostgresServer
  beforeAll(async () => {
    primary = await startPostgres({ binaries: postgresBinaries, durable: true })
    const { db, close } = openPostgres(primary.url(), 1)
    await migrateToLatest(db)
    const people = Array.from({ length: PEOPLE }, (_, nth) => ({ phone: `+2547${10_000_000 + nth}`, first_name: 'A' }))
    await db.insertInto('customers').values(people).execute()
    await close()
  }, 60_000)
  afterEach(async () => {
    await releaseServers()
    await standby?.dispose()
  })
  afterAll(() => primary.dispose())

  const follow = async () => {
    standby = await startPostgres({ binaries: postgresBinaries, durable: true, standbyOf: primary })
  }
  /** From now on a commit is confirmed by the standby too. */
  const requireStandby = (names: string) =>
    onServer(primary, async (sql) => {
      await sql`set synchronous_commit = local`
      await sql.unsafe(`alter system set synchronous_standby_names = '${names}'`)
      await sql`select pg_reload_conf()`
    })

  test('a process starts on the standby, reads, says that it is read-only, and works once it is promoted', async () => {
    await follow()
    const service = launchServer({ DATABASE_URL: standby.url(), ...mock })
    const url = await until('it listens', () => /^ +API +(http:\S+)\n/m.exec(service.stdout())?.[1])
    expect(await databaseHealth(url)).toEqual({
      status: 'unhealthy',
      message: expect.stringMatching(/^The database is read-only, like a standby.*\(DATABASE_READ_ONLY\)$/),
    })
    expect((await addCustomer(url)).json.error.code).toBe('DATABASE_READ_ONLY')
    expect((await call(url, '/customers')).status).toBe(200)
    expect(service.output()).toContain('The database is read-only')
    await promote(standby)
    await until('it is healthy', async () => (await call(url, '/health')).status === 200)
    const campaign = await startCampaign(url)
    await until('all are sent', async () => (await campaign()).status === 'sent')
    expect(await service.end()).toBe(0)
  }, 120_000)

  test('commits wait for a standby that is gone: each waiting request is answered, /health and the log say why', async () => {
    await follow()
    await requireStandby('*')
    const { url, output, end } = await startServer({ DATABASE_URL: primary.url(), ...mock })
    const campaign = await startCampaign(url)
    await standby.stop('immediate')
    const refused = await Promise.all(Array.from({ length: WRITES }, () => addCustomer(url)))
    for (const { status, json } of refused)
      expect([status, json.error]).toEqual([
        503,
        { code: 'DATABASE_STANDBY_MISSING', message: expect.stringContaining('it may be stored') },
      ])
    // The writes have taken every connection.
    expect((await call(url, '/customers')).json.error.code).toBe('DATABASE_STANDBY_MISSING')
    expect(await databaseHealth(url)).toEqual({
      status: 'unhealthy',
      message:
        'The database waits for a synchronous standby that does not answer: writes are confirmed once it is back (DATABASE_STANDBY_MISSING)',
    })
    await until('the log says so by itself', () => /A write has no answer for \d+ s: The database waits/.test(output()))
    await standby.start()
    await until('it is healthy', async () => (await call(url, '/health')).status === 200)
    const { stats } = await until('all are sent', async () => {
      const view = await campaign()
      return view.status === 'sent' && view
    })
    expect(stats).toMatchObject({ total: PEOPLE, sent: PEOPLE })
    await standby.stop('immediate')
    void addCustomer(url).catch(() => {})
    expect(await end()).toBe(0)
    await requireStandby('')
  }, 180_000)

  test('a campaign goes on where it was on a standby that is promoted', async () => {
    await follow()
    await requireStandby('*')
    const both = primary.url().replace(/@([^/]+)/, `@$1,127.0.0.1:${standby.port}`)
    const { url, end } = await startServer({ DATABASE_URL: both, ...mock })
    const campaign = await startCampaign(url)
    await until('some are sent', async () => /"sent":[1-9]/.test(JSON.stringify((await campaign()).stats)))
    await primary.kill()
    const isReported = () => databaseHealth(url).then(({ message }) => message?.includes('DATABASE_READ_ONLY'))
    await until('it is on the standby', isReported)
    const connections = () =>
      onServer(standby, async (sql) => {
        const [row] =
          await sql`select count(*)::int as count from pg_stat_activity where application_name = 'campaign-dispatch'`
        return row?.count as number
      })
    for (let look = 0; look < 10; look++) {
      await addCustomer(url)
      expect(await connections()).toBeLessThanOrEqual(11) // ten, and the one that listens
      await Bun.sleep(300)
    }
    await promote(standby)
    await until('it is healthy', async () => (await call(url, '/health')).status === 200)
    const { stats } = await until('all are sent', async () => {
      const view = await campaign()
      return view.status === 'sent' && view
    })
    expect(stats).toMatchObject({ total: PEOPLE, sent: PEOPLE })
    expect(await end()).toBe(0)
  }, 180_000)
})
