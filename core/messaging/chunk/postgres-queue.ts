/**
 * The database as the queue: workers claim ready chunks from their table, and NOTIFY tells them when to look. Nothing needs
 * to be published, so nothing can be lost on the way.
 */
import type { Kysely } from 'kysely'
import type { Queue } from '../../queue/queue.ts'
import type { WakeUps } from '../../wakeups.ts'
import type { Database } from '../schema.ts'
import { openNextDue } from './next-due.ts'

/** Longest sleep of an idle worker, in case a wake-up was lost. */
const POLL_MS = 1000

export function openPostgresQueue(db: Kysely<Database>, wakeUps: WakeUps): Queue {
  const listener = wakeUps.listen('ready')
  const nextDue = openNextDue(db)
  let idle = false
  return {
    name: 'postgres',
    publish: async (chunks) => {
      await wakeUps.notify('ready')
      return chunks.map((chunk) => chunk.id)
    },
    take: async (stop) => {
      // A claim costs more than the question when the next chunk is due: an idle worker asks only that until it is woken.
      for (let quiet = idle; quiet && !stop.aborted; ) {
        const ms = await nextDue(POLL_MS)
        quiet = !(await listener.wait(ms, stop)) && ms >= POLL_MS
      }
      if (stop.aborted) return undefined
      return {
        claimed: (work) => {
          idle = !work
        },
        done: () => {},
      }
    },
    takeNow: () => undefined,
    check: async () => {
      await db.selectFrom('dispatch_chunks').select('id').limit(1).execute()
    },
    inspect: async () => undefined,
    close: async () => listener.close(),
  }
}
