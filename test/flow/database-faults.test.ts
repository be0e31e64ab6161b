/** A database that answers and cannot work: each fault has its own words in the answers, in /health and in the log. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { addCustomer, type Called, call, databaseHealth } from '../support/call.ts'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'

describe.skipIf(!postgresAvailable)('a database that answers, and', () => {
  let server: PostgresServer
  let disk: SmallDisk | undefined
  beforeAll(async () => {
    server = await startPostgres({ binaries: postgresBinaries })
    disk = mountSmallDisk(40)
  }, 60_000)
  afterEach(releaseServers)
  afterAll(async () => {
    await server.dispose()
    disk?.dispose()
  })

  async function migrated(name: string, more = ''): Promise<string> {
    const admin = postgres(server.url(), { max: 1, onnotice: () => {} })
    await admin.unsafe(`create database ${name} ${more}`)
    await admin.end()
    const { db, close } = openPostgres(server.url(name), 1)
    await migrateToLatest(db)
    await close()
    return server.url(name)
  }

  test('is read-only: reads go on, writes are DATABASE_READ_ONLY, and it heals', async () => {
    const DATABASE_URL = await migrated('standby')
    const { url, output, end } = await startServer({ DATABASE_URL })
    const admin = postgres(server.url(), { max: 1 })
    const turn = async (on: boolean) => {
      await admin.unsafe(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`)
      await admin`select pg_reload_conf()`
    }
    await turn(true)
    await until('writes are refused', async () => (await addCustomer(url)).status === 503)
    expect((await addCustomer(url)).json.error).toMatchObject({ code: 'DATABASE_READ_ONLY' })
    expect((await call(url, '/customers')).status).toBe(200)
    expect(await databaseHealth(url)).toMatchObject({
      status: 'unhealthy',
      message: expect.stringMatching(/^The database is read-only, .*\(DATABASE_READ_ONLY\)$/),
    })
    expect((await call(url, '/stats')).json.health.checks.database.message).toContain('DATABASE_READ_ONLY')
    expect((await call(url, '/health/ready')).status).toBe(200)
    expect(output()).toContain('The database is read-only')
    await admin`set default_transaction_read_only = off`
    await turn(false)
    await until('it is healthy again', async () => (await call(url, '/health')).status === 200)
    expect((await addCustomer(url)).status).toBe(201)
    await admin.end()
    expect(await end()).toBe(0)
  }, 120_000)

  test('takes a right away: DATABASE_PERMISSION_DENIED', async () => {
    const DATABASE_URL = await migrated('rights')
    const admin = postgres(DATABASE_URL, { max: 1, onnotice: () => {} })
    await admin`create role app login`
    await admin`grant select, insert, update, delete on all tables in schema public to app`
    const address = new URL(DATABASE_URL)
    address.username = 'app'
    const { url, output, end } = await startServer({ DATABASE_URL: address.href })
    expect((await addCustomer(url)).status).toBe(201)
    await admin`revoke insert on customers from app`
    expect((await addCustomer(url)).json.error.code).toBe('DATABASE_PERMISSION_DENIED')
    expect((await databaseHealth(url)).message).toContain('(DATABASE_PERMISSION_DENIED)')
    expect(output()).toContain('The database user lacks a permission')
    await admin.end()
    expect(await end()).toBe(0)
  }, 120_000)

  test('has no space left: DATABASE_FULL until there is some again', async () => {
    if (!disk) return console.warn('Left out: this machine lets nobody mount a disk')
    const admin = postgres(server.url(), { max: 1, onnotice: () => {} })
    await admin.unsafe(`create tablespace small location '${disk.folder}'`)
    await admin.end()
    const { url, output, end } = await startServer({ DATABASE_URL: await migrated('full_disk', 'tablespace small') })
    expect((await call(url, '/health')).status).toBe(200)
    disk.fill()
    let refused: Called | undefined
    await until('a write fails', async () => {
      refused = await addCustomer(url)
      return refused.status !== 201
    })
    expect([refused?.status, refused?.json.error.code]).toEqual([503, 'DATABASE_FULL'])
    expect((await call(url, '/customers')).status).toBe(200)
    expect(await databaseHealth(url)).toMatchObject({
      status: 'unhealthy',
      message: expect.stringMatching(/^The disk of the database is full.*\(DATABASE_FULL\)$/),
    })
    expect(output()).toContain('The disk of the database is full')
    disk.free()
    await until('it is healthy again', async () => (await call(url, '/health')).status === 200)
    expect((await addCustomer(url)).status).toBe(201)
    expect(await end()).toBe(0)
  }, 120_000)
})
