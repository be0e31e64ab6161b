/**
 * Checkpoints of the embedded database. It begins none while it runs, as a server does by itself: its log would grow until
 * the process ends, and a start after a kill would read all of it.
 */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../clock.ts'

/** Bytes of the log after which a checkpoint is due: some 50 ms of writing. */
const DUE_BYTES = 128 * 1024 * 1024
const LOOK_EVERY_MS = 10_000

// biome-ignore lint/suspicious/noExplicitAny: no table is read
type Db = Kysely<any>

/** @returns whether a checkpoint was due, and is done */
export async function checkpointIfDue(db: Db, dueBytes = DUE_BYTES): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) >= ${dueBytes}::float8 as due
    from pg_control_checkpoint()`.execute(db)
  if (!rows[0]?.due) return false
  await sql`checkpoint`.execute(db)
  return true
}

/** Runs until `stop`. A failure is left to whoever writes: the next look tries again. */
export async function keepLogShort(db: Db, clock: Clock, stop: AbortSignal, dueBytes = DUE_BYTES): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(LOOK_EVERY_MS, stop)
    if (!stop.aborted) await checkpointIfDue(db, dueBytes).catch(() => {})
  }
}
