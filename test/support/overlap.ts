/** Two connections to one database whose statements really overlap: one holds its locks in an open transaction. */
import { afterAll, beforeAll } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { type OpenDatabase, openPostgres } from '../../core/db/open.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { freshDatabase, type TestDatabase } from './databases.ts'
import { expectInvariantAfterEach } from './dispatch-databases.ts'

/** Opens the database for the tests of one `describe`; the recipient invariant must hold after each. */
export function openOverlap() {
  let database: TestDatabase
  let other: OpenDatabase
  beforeAll(async () => {
    database = await freshDatabase('postgres')
    other = openPostgres(database.url ?? '', 4)
  })
  afterAll(async () => {
    await other.close()
    await database.close()
  })
  const db = () => database.db
  expectInvariantAfterEach(db)

  /** Resolves when so many statements of this database wait for a lock. */
  async function untilBlocked(count = 1): Promise<void> {
    const waiting = sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    while (((await waiting.execute(db())).rows[0]?.n ?? 0) < count) await Bun.sleep(2)
  }

  /** Does `work` in an open transaction of the other connection. */
  const within = (work: (trx: Kysely<Database>) => Promise<void>) => other.db.transaction().execute(work)

  /** Does `first` and keeps its transaction open until each of `then`, started in order, waits for it. */
  async function overlap<T>(
    first: (trx: Kysely<Database>) => Promise<unknown>,
    ...then: (() => Promise<T>)[]
  ): Promise<PromiseSettledResult<T>[]> {
    const started: Promise<T>[] = []
    await within(async (trx) => {
      await first(trx)
      for (const [at, each] of then.entries()) {
        started.push(each())
        await untilBlocked(at + 1)
      }
    })
    return Promise.allSettled(started)
  }
  return { db, within, overlap }
}

export const fulfilled = (value: unknown) => ({ status: 'fulfilled', value })
