import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { checkpointIfDue, keepLogShort } from '../../core/db/checkpoints.ts'
import { manualClock, settled } from '../../core/host/manual-clock.ts'
import { freshDatabase, type TestDatabase } from '../support/databases.ts'
import { until } from '../support/server-process-wait.ts'

const MEGABYTE = 1024 * 1024

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase('pglite')
}, 60_000)
afterAll(() => database.close())

const writeMegabytes = (count: number) =>
  sql`insert into customers (phone, first_name)
    select 'x' || currval('customers_id_seq') || '-' || n, repeat('n', 200) from generate_series(1, ${count * 2500}::int) n,
      (select nextval('customers_id_seq')) s`.execute(database.db)
/** Place in the log from which a start after a kill reads. */
const redo = async () =>
  (await sql<{ redo: string }>`select redo_lsn::text as redo from pg_control_checkpoint()`.execute(database.db)).rows[0]
    ?.redo

test('a checkpoint is written once the log has grown so far, and not again before it has', async () => {
  await sql`checkpoint`.execute(database.db)
  expect(await checkpointIfDue(database.db, MEGABYTE)).toBe(false)
  const before = await redo()
  await writeMegabytes(2)
  expect(await checkpointIfDue(database.db, MEGABYTE)).toBe(true)
  expect(await redo()).not.toBe(before)
  expect(await checkpointIfDue(database.db, MEGABYTE)).toBe(false)
})

test('the log is looked at every ten seconds, until the process stops', async () => {
  const clock = manualClock()
  const stop = new AbortController()
  const loop = keepLogShort(database.db, clock, stop.signal, MEGABYTE)
  await writeMegabytes(2)
  const before = await redo()
  await settled()
  expect(await redo()).toBe(before)
  await clock.turn(10_000)
  await until('a checkpoint is written', async () => (await redo()) !== before)
  stop.abort()
  await loop
})
