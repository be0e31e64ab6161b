/** The index on names is built while customers are written, and built anew where a killed process left it unfinished. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { type OpenDatabase, openPostgres } from '../../core/db/open.ts'
import { refreshStatistics } from '../../core/messaging/contacts/statistics.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { openStore } from '../../core/messaging/store.ts'
import { openApi } from '../support/api.ts'
import { freshDatabase, type TestDatabase } from '../support/databases.ts'
import { postgresAvailable } from '../support/postgres.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 60_000
const warning = 'Searches may be slow: the index customers_name_search is missing or unfinished. Run: npm run migrate'

const isValid = async (db: Kysely<Database>) => {
  const { rows } = await sql<{ valid: boolean }>`
    select indisvalid as valid from pg_index where indexrelid = to_regclass('customers_name_search')`.execute(db)
  return rows[0]?.valid
}

test(
  'the embedded database has it after the migrations',
  async () => {
    const { db, close } = await freshDatabase('pglite')
    expect(await isValid(db)).toBe(true)
    await sql`drop index customers_name_search`.execute(db)
    await migrateToLatest(db)
    expect(await isValid(db)).toBe(true)
    await close()
  },
  LONG,
)

describe.skipIf(!postgresAvailable)('on PostgreSQL', () => {
  let database: TestDatabase
  let db: Kysely<Database>
  let opened: OpenDatabase[] = []
  /** Lets go of what a build waits for. */
  let release: () => void
  let reader: { readonly ended: Promise<unknown> }
  const open = () => {
    const other = openPostgres(database.url ?? '', 1)
    opened.push(other)
    return other.db
  }
  const warnings = async () => {
    const store = await openStore({ dataDir: '', databaseUrl: database.url, sampleData: false })
    opened.push(store)
    return store.warnings
  }

  /** Begins a transaction, and ends it when `released` resolves. */
  async function hold(work: (trx: Kysely<Database>) => Promise<unknown>, released: Promise<unknown>) {
    const held = Promise.withResolvers<void>()
    const ended = open()
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (trx) => {
        await work(trx)
        held.resolve()
        await released
      })
    await Promise.race([held.promise, ended])
    return { ended }
  }
  beforeEach(async () => {
    database = await freshDatabase('postgres')
    db = database.db
    await sql`drop index customers_name_search`.execute(db)
    await sql`insert into customers (phone, first_name)
      select '+2547' || (20000000 + i), 'Name ' || i from generate_series(1, 20000) i`.execute(db)
    const released = Promise.withResolvers<void>()
    release = released.resolve
    // A build waits for readers that began before it.
    reader = await hold((trx) => trx.selectFrom('campaigns').select('id').execute(), released.promise)
  }, LONG)
  afterEach(async () => {
    release()
    await reader.ended
    await Promise.all(opened.map((one) => one.close()))
    opened = []
    await database.close()
  })

  const builds = async () => {
    const { rows } = await sql<{
      pid: number
      phase: string
    }>`select pid, phase from pg_stat_progress_create_index`.execute(db)
    return rows
  }
  const untilItWaits = (phase = 'waiting for old snapshots') =>
    until('the build waits', async () => {
      const [build] = await builds()
      return build?.phase === phase ? build.pid : undefined
    })

  test(
    'customers are written meanwhile, statistics wait for nobody, and both are in the index',
    async () => {
      const building = migrateToLatest(open())
      await untilItWaits()
      const api = openApi(db)
      const made = await api.call('POST', '/customers', { phone: '0712345678', first_name: 'Zo\u00eb' })
      expect(made.status).toBe(201)
      expect((await api.call('PATCH', '/customers/1', { first_name: 'Zoe' })).status).toBe(200)
      expect((await api.call('GET', '/customers?q=zoe')).json.data).toHaveLength(2)
      await refreshStatistics(db)
      expect(await warnings()).toEqual([warning])
      expect(await isValid(db)).toBe(false)
      release()
      expect(await building).toEqual([])
      expect(await isValid(db)).toBe(true)
      expect((await api.call('GET', '/customers?q=zoe')).json.data).toHaveLength(2)
      expect(await warnings()).toEqual([])
    },
    LONG,
  )

  test(
    'a build that was killed is dropped, and done anew',
    async () => {
      const building = migrateToLatest(open())
      const pid = await untilItWaits()
      await sql`select pg_terminate_backend(${pid}::int)`.execute(db)
      await expect(building).rejects.toThrow()
      expect([await isValid(db), await warnings()]).toEqual([false, [warning]])
      release()
      await reader.ended
      await migrateToLatest(open())
      expect([await isValid(db), await warnings()]).toEqual([true, []])
    },
    LONG,
  )

  test(
    'two processes build it once, and both wait until it is there',
    async () => {
      const both = Promise.all([migrateToLatest(open()), migrateToLatest(open())])
      await untilItWaits()
      expect(await builds()).toHaveLength(1)
      release()
      await both
      expect(await isValid(db)).toBe(true)
      const { rows } = await sql`select from pg_class where relname like 'customers_name_search%'`.execute(db)
      expect(rows).toHaveLength(1)
    },
    LONG,
  )

  test(
    'a build that ends in a deadlock is done anew',
    async () => {
      release()
      await reader.ended
      const released = Promise.withResolvers<void>()
      const writer = await hold(
        (trx) => trx.insertInto('customers').values({ phone: '+254711' }).execute(),
        released.promise,
      )
      const building = migrateToLatest(open())
      await untilItWaits('waiting for writers before build')
      // It waits for the build, which will wait for its snapshot; the build looks for a deadlock first.
      const other = open()
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (trx) => {
          await trx.selectFrom('campaigns').select('id').execute()
          await sql`set local deadlock_timeout = '1min'`.execute(trx)
          await sql`analyze customers`.execute(trx)
        })
      await until('the other one waits', async () => {
        const { rows } = await sql`select from pg_locks where relation = 'customers'::regclass and not granted`.execute(
          db,
        )
        return rows.length > 0
      })
      released.resolve()
      await Promise.all([writer.ended, building, other])
      expect(await isValid(db)).toBe(true)
    },
    LONG,
  )
})
