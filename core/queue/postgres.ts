/**
 * The database as its own queue: ready chunks are claimed from their table, and NOTIFY tells when to look. Nothing has to
 * be published, and nothing can be lost.
 */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { Database } from '../db/schema.ts'
import type { Events } from '../events.ts'
import type { Queue } from './queue.ts'

/** How long an idle worker sleeps at most: the backstop for a wake-up call that was lost. */
const POLL_MS = 1000

export function openPostgresQueue(db: Kysely<Database>, events: Events): Queue {
  const bell = events.listen('ready')
  const nextDue = prepareNextDue(db)
  let idle = false
  return {
    name: 'postgres',
    publish: async (chunks) => {
      await events.emit('ready')
      return chunks.map((chunk) => chunk.id)
    },
    take: async (stop) => {
      if (idle) await bell.wait(await nextDue(), stop)
      if (stop.aborted) return undefined
      return {
        done: (claimed) => {
          idle = !claimed
        },
      }
    },
    check: async () => {
      await db.selectFrom('dispatch_chunks').select('id').limit(1).execute()
    },
    close: async () => bell.close(),
  }
}

/** Milliseconds until a ready chunk will be due, at most the poll interval. */
function prepareNextDue(db: Kysely<Database>): () => Promise<number> {
  const find = prepare<Record<never, never>, { ms: number | null }>(db, () =>
    db
      .selectFrom('dispatch_chunks')
      .select(sql<number | null>`(extract(epoch from min(due_at) - now()) * 1000)::float8`.as('ms'))
      .where('state', '=', 'ready'),
  )
  return async () => {
    const ms = (await find({}))[0]?.ms ?? POLL_MS
    return Math.min(POLL_MS, Math.max(1, Math.ceil(ms)))
  }
}
