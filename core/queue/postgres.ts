/**
 * The database as its own queue: ready chunks are claimed from their table, and NOTIFY tells when to look. Nothing has to
 * be published, and nothing can be lost.
 */
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { openNextDue } from '../dispatch/next-due.ts'
import type { Events } from '../events.ts'
import type { Queue } from './queue.ts'

/** How long an idle worker sleeps at most: the backstop for a wake-up call that was lost. */
const POLL_MS = 1000

export function openPostgresQueue(db: Kysely<Database>, events: Events): Queue {
  const bell = events.listen('ready')
  const nextDue = openNextDue(db)
  let idle = false
  return {
    name: 'postgres',
    publish: async (chunks) => {
      await events.emit('ready')
      return chunks.map((chunk) => chunk.id)
    },
    take: async (stop) => {
      // Claiming costs more than asking when: while nothing is due and nobody calls, only that is asked.
      for (let quiet = idle; quiet && !stop.aborted; ) {
        const ms = await nextDue(POLL_MS)
        quiet = !(await bell.wait(ms, stop)) && ms >= POLL_MS
      }
      if (stop.aborted) return undefined
      return {
        claimed: (work) => {
          idle = !work
        },
        done: () => {},
      }
    },
    check: async () => {
      await db.selectFrom('dispatch_chunks').select('id').limit(1).execute()
    },
    inspect: async () => undefined,
    close: async () => bell.close(),
  }
}
