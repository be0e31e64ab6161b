/**
 * Check that the database takes writes, for /health: a full disk or a standby answers every read as ever. It writes
 * nothing by itself: the last write that failed is remembered, and only then a small write is tried now and then.
 */
import { type Kysely, sql } from 'kysely'
import { Outage } from '../errors.ts'
import { codeOf, type DatabaseFault, faultOf } from './faults.ts'

/** Milliseconds that a failed write counts, unless a later one renews it. */
const REMEMBERED_MS = 60_000
/** Milliseconds between two tries to write to a disk that was full. */
const RETRY_MS = 5000

export interface WriteCheck {
  /** Remembers why a statement failed. */
  note(error: unknown): void
  /** @throws Outage while writes fail; whatever keeps the database from answering */
  check(): Promise<void>
}

/**
 * @param elapsed milliseconds of a clock that only grows
 * @param confirm rejects with an Outage while the database confirms no commits
 */
export function openWriteCheck(
  db: () => Kysely<unknown>,
  elapsed: () => number,
  confirm: () => Promise<void> = async () => {},
): WriteCheck {
  let last: { readonly fault: DatabaseFault; readonly at: number } | undefined
  let retriedAt = Number.NEGATIVE_INFINITY

  const note = (error: unknown) => {
    const fault = faultOf(error)
    // The check itself reports a database that cannot be reached.
    if (fault && !['DATABASE_UNAVAILABLE', 'DATABASE_STARTING'].includes(fault.code)) last = { fault, at: elapsed() }
  }

  async function retry(): Promise<void> {
    if (elapsed() - retriedAt < RETRY_MS) return
    retriedAt = elapsed()
    try {
      await writeMegabyte(db())
      last = undefined
    } catch (error) {
      note(error)
    }
  }

  async function isReadOnly(): Promise<boolean> {
    try {
      return await readsOnly(db())
    } catch (error) {
      // Without space for its log PostgreSQL ends itself, and starts again only where something starts it.
      if (last?.fault.code !== 'DATABASE_FULL') throw error
      const code = codeOf(error) ?? 'no code'
      const message = `The database cannot be used (${code}) since its disk filled up: free space, then start it if it does not start by itself`
      throw new Outage(last.fault.code, message, { cause: error })
    }
  }

  return {
    note,
    check: async () => {
      // First, since waiting commits may have taken every other connection; whatever else is wrong is found below.
      await confirm().catch((error) => {
        if (error instanceof Outage) throw error
      })
      if (await isReadOnly()) note({ code: '25006' })
      else if (last?.fault.code === 'DATABASE_READ_ONLY') last = undefined
      if (last?.fault.code === 'DATABASE_FULL') await retry()
      else if (last && elapsed() - last.at > REMEMBERED_MS) last = undefined
      if (last) throw new Outage(last.fault.code, last.fault.message)
    },
  }
}

/** A temporary table of 1 MB takes space on disk at once, and none once it is gone. */
async function writeMegabyte(db: Kysely<unknown>): Promise<void> {
  const name = sql.id(`write_check_${crypto.randomUUID().slice(0, 8)}`)
  await db.transaction().execute(async (trx) => {
    await sql`create temporary table ${name} on commit drop as
      select repeat(md5(n::text), 30) as filling from generate_series(1, 1000) n`.execute(trx)
  })
}

async function readsOnly(db: Kysely<unknown>): Promise<boolean> {
  const { rows } = await sql<{ readonly: boolean }>`
    select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as readonly`.execute(db)
  return rows[0]?.readonly === true
}
