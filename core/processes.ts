/** The process's own line in the list of those that run, kept fresh while it lives and taken out when it ends. */
import { type Kysely, sql } from 'kysely'
import type { Clock } from './clock.ts'
import { untilDone } from './db/retry.ts'
import type { Database } from './db/schema.ts'
import type { Log } from './log.ts'
import type { Loop, ProcessInfo } from './plugin.ts'

const SEEN_EVERY_MS = 5000
/** A process that was not seen for so long, in seconds, is taken for dead. */
export const ALIVE_SECONDS = 15

/** @param plugins those that the process runs */
export function openPresence(
  db: Kysely<Pick<Database, 'processes'>>,
  { process, clock, log }: { readonly process: ProcessInfo; readonly clock: Clock; readonly log: Log },
  plugins: readonly string[],
): Loop {
  const { id, host, pid } = process
  const line = { id, host, pid, plugins: [...plugins], started_at: new Date(process.startedAt) }
  const seen = { seen_at: sql<Date>`now()` }
  return async (stop, kill) => {
    while (!stop.aborted) {
      await untilDone(
        () =>
          db
            .insertInto('processes')
            .values(line)
            .onConflict((conflict) => conflict.column('id').doUpdateSet(seen))
            .execute(),
        { clock, log, signal: stop },
      )
      await clock.sleep(SEEN_EVERY_MS, stop)
    }
    if (!kill.aborted) await db.deleteFrom('processes').where('id', '=', id).execute()
  }
}
