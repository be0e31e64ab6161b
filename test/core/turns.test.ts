import { afterAll, beforeAll, expect, test } from 'bun:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { freshDatabase, type TestDatabase } from '../support/databases.ts'

let database: TestDatabase & { readonly pglite?: { query(...call: unknown[]): Promise<unknown> } }
beforeAll(async () => {
  database = await freshDatabase('pglite')
}, 60_000)
afterAll(() => database.close())

/** The turns of the event loop in which the embedded database begins a statement while `work` runs. */
async function turnsOf(work: () => Promise<unknown>): Promise<number[]> {
  const { pglite } = database
  if (!pglite) throw new Error('This is no embedded database')
  const query = pglite.query
  const begun: number[] = []
  let [turn, over] = [0, false]
  const count = async () => {
    for (; !over; turn++) await nextTurn()
  }
  pglite.query = (...call) => {
    begun.push(turn)
    return query.apply(pglite, call)
  }
  const counting = count()
  try {
    await work()
  } finally {
    pglite.query = query
    over = true
    await counting
  }
  return begun
}

const ask = () => sql`select 1`.execute(database.db)

test('statements that wait for each other have a turn of the event loop each', async () => {
  const turns = await turnsOf(() => Promise.all([ask(), ask(), ask(), ask()]))
  expect(turns).toHaveLength(4)
  expect(new Set(turns).size).toBe(4)
})

test('the embedded database writes no zeros over new files of its log, and merges and samples little at once', async () => {
  const { rows } = await sql`select name, setting from pg_settings where name in
    ('wal_init_zero', 'gin_pending_list_limit', 'default_statistics_target', 'random_page_cost') order by name`.execute(
    database.db,
  )
  expect(rows).toEqual([
    { name: 'default_statistics_target', setting: '10' },
    { name: 'gin_pending_list_limit', setting: '256' },
    { name: 'random_page_cost', setting: '1.1' },
    { name: 'wal_init_zero', setting: 'off' },
  ])
})

test('a statement that fails leaves a turn too, and so does a transaction', async () => {
  const turns = await turnsOf(() =>
    Promise.all([
      ask(),
      sql`select 1 / 0`.execute(database.db).catch(() => {}),
      ask(),
      database.db.transaction().execute((trx) => sql`select 1`.execute(trx)),
      ask(),
    ]),
  )
  expect(turns).toHaveLength(4)
  expect(new Set(turns).size).toBe(4)
})
