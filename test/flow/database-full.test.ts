/** The whole disk of PostgreSQL is full, its log (WAL) included: it ends itself, and the campaign goes on when it is back. */
import { afterEach, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import path from 'node:path'
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { addCustomer, call, databaseHealth } from '../support/call.ts'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'

const PEOPLE = 2000

/** Writes to the log of the database until there is no space for it. */
async function fillLog(server: PostgresServer): Promise<void> {
  const sql = postgres(server.url(), { max: 1, onnotice: () => {} })
  const write = () => sql`select pg_logical_emit_message(false, 'filling', repeat('x', 4000000))`
  await until('the database ends itself', async () =>
    write().then(
      () => false,
      () => true,
    ),
  )
  await sql.end({ timeout: 0 })
}

describe.skipIf(!postgresAvailable)('a disk without space for the log of the database', () => {
  let disk: SmallDisk | undefined
  let server: PostgresServer | undefined
  afterEach(async () => {
    await releaseServers()
    await server?.dispose()
    disk?.dispose()
  })

  test('is told as long as it lasts, and nobody is lost', async () => {
    disk = mountSmallDisk(120)
    if (!disk) return console.warn('Left out: this machine lets nobody mount a disk')
    const settings = { min_wal_size: '32MB', max_wal_size: '32MB' }
    server = await startPostgres({ binaries: postgresBinaries, durable: true, parent: disk.folder, settings })
    const { db, close } = openPostgres(server.url(), 1)
    await migrateToLatest(db)
    const people = Array.from({ length: PEOPLE }, (_, nth) => ({ phone: `+2547${10_000_000 + nth}`, first_name: 'A' }))
    await db.insertInto('customers').values(people).execute()
    await close()
    const service = await startServer({
      DATABASE_URL: server.url(),
      MOCK_SUCCESS_RATE: '1',
      MOCK_LATENCY_MS: '300',
      WORKER_CONCURRENCY: '2',
    })
    const { url } = service
    const { folder } = server
    const { json: campaign } = await call(url, '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hello' })
    const customer_ids = people.map((_, nth) => nth + 1)
    expect((await call(url, `/campaigns/${campaign.id}/send`, { customer_ids })).status).toBe(200)

    disk.fill()
    await until('a write fails', async () => (await addCustomer(url)).json.error?.code === 'DATABASE_FULL')
    expect((await databaseHealth(url)).message).toContain('(DATABASE_FULL)')
    await fillLog(server)
    await until('the database is gone', () => !existsSync(path.join(folder, 'data', 'postmaster.pid')))
    expect((await addCustomer(url)).status).toBe(503)
    expect(await databaseHealth(url)).toEqual({
      status: 'unhealthy',
      message: expect.stringMatching(
        /^The database cannot be used \(\w+\) since its disk filled up: free space, .*\(DATABASE_FULL\)$/,
      ),
    })
    expect(service.output()).toContain('since its disk filled up')

    disk.free()
    await server.restart()
    await until('it is healthy again', async () => (await call(url, '/health')).status === 200)
    expect((await addCustomer(url)).status).toBe(201)
    const { stats } = await until('the campaign is over', async () => {
      const { json } = await call(url, `/campaigns/${campaign.id}`)
      return json.status === 'sent' && json
    })
    expect(stats).toMatchObject({ total: PEOPLE, sent: PEOPLE })
    expect(await service.end()).toBe(0)
  }, 180_000)
})
