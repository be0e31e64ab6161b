/** The process's own line in the list of those that run, kept fresh while it lives and taken out when it ends. */
import { type ColumnType, type Generated, type Insertable, type Kysely, sql } from 'kysely'
import { type Clock, within } from '../clock.ts'
import { untilDone } from '../db/retry.ts'
import type { Log } from '../log/log.ts'
import { check, describeOutage } from './health.ts'
import type { DatabaseCheck, Loop, ProcessInfo } from './plugin.ts'

const SEEN_EVERY_MS = 5000
/** A process that was not seen for so long, in seconds, is taken for dead. */
const ALIVE_SECONDS = 15

/** Condition on a row of `processes` by its alias: the process lives. */
export const isAlive = (alias = 'processes') =>
  sql<boolean>`${sql.ref(`${alias}.seen_at`)} > now() - make_interval(secs => ${sql.lit(ALIVE_SECONDS)})`

/** A line for each running process that has loops. */
export interface Processes {
  id: string
  host: string
  pid: number
  plugins: string[]
  started_at: ColumnType<Date, Date | string | undefined, Date | string>
  seen_at: ColumnType<Date, Date | string | undefined, Date | string>
  /** Units of work that were finished a second, over the last heartbeat. */
  rate: Generated<number>
}

interface Presence {
  readonly process: ProcessInfo
  readonly database: DatabaseCheck
  readonly clock: Clock
  readonly log: Log
}

/**
 * @param plugins those that the process runs
 * @param more other columns of the line, which the floor above has added
 */
export function openPresence<More extends object>(
  db: Kysely<{ processes: Processes }>,
  presence: Presence,
  plugins: readonly string[],
  more: More,
): Loop {
  const { process, clock, log } = presence
  const { id, host, pid } = process
  const line: Insertable<Processes> = {
    id,
    host,
    pid,
    plugins: [...plugins],
    started_at: new Date(process.startedAt),
    ...more,
  }
  const seen = { seen_at: sql<Date>`now()` }
  return async (stop, kill) => {
    while (!stop.aborted) {
      const write = () =>
        db
          .insertInto('processes')
          .values(line)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(seen))
          .execute()
      await untilDone(() => untilAnswered(write(), presence, stop), { clock, log, signal: stop })
      await clock.sleep(SEEN_EVERY_MS, stop)
    }
    if (!kill.aborted) await db.deleteFrom('processes').where('id', '=', id).execute()
  }
}

/** Logs again and again that a write has no answer yet: no error comes of a commit that waits for a standby. */
async function untilAnswered<T>(write: Promise<T>, { database, clock, log }: Presence, stop: AbortSignal): Promise<T> {
  const from = clock.elapsed()
  const answered = write.then(() => true)
  while (!(await within(SEEN_EVERY_MS, answered, clock, stop)) && !stop.aborted) {
    const { message } = await check(
      () => database.check(),
      (error) => describeOutage('database', error),
    )
    const seconds = Math.round((clock.elapsed() - from) / 1000)
    log.warn({ seconds }, `A write has no answer for ${seconds} s${message === undefined ? '' : `: ${message}`}`)
  }
  return write
}
