/** What /stats reads besides the counters. Nothing here looks at messages. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { ALIVE_SECONDS } from '../../core/processes.ts'

/** Campaigns and processes that an answer lists. */
const MAX_LISTED = 100

export function listUnderWay(db: Kysely<Pick<Database, 'campaigns'>>) {
  return db
    .selectFrom('campaigns')
    .select(['id', 'name', 'channel', 'status'])
    .select(sql<number>`(extract(epoch from now() - coalesce(started_at, now())) * 1000)::float8`.as('running_ms'))
    .where('status', '=', 'sending')
    .orderBy('id', 'desc')
    .limit(MAX_LISTED)
    .execute()
}

const open = sql<number>`size - sent - failed - skipped - unknown - retried`

export async function getQueue(db: Kysely<Pick<Database, 'dispatch_chunks'>>) {
  return await db
    .selectFrom('dispatch_chunks')
    .select([
      sql<number>`(count(*) filter (where state = 'held'))::int`.as('held_chunks'),
      sql<number>`(count(*) filter (where state = 'ready'))::int`.as('ready_chunks'),
      sql<number>`(count(*) filter (where state = 'published'))::int`.as('published_chunks'),
      sql<number>`(count(*) filter (where state = 'leased'))::int`.as('leased_chunks'),
      sql<number>`coalesce(sum(${open}) filter (where state <> 'held'), 0)::int`.as('waiting_messages'),
      sql<Date | null>`min(due_at) filter (where state = 'ready' and due_at > now())`.as('next_due_at'),
      sql<boolean>`coalesce(bool_or(state in ('ready', 'published', 'leased')), false)`.as('has_work'),
    ])
    .where('state', '<>', 'done')
    .executeTakeFirstOrThrow()
}

/** Those that said within the last seconds that they live. */
export function listProcesses(db: Kysely<Pick<Database, 'processes'>>) {
  return db
    .selectFrom('processes')
    .select(['id', 'host', 'pid', 'plugins', 'rate', 'started_at', 'seen_at'])
    .where('seen_at', '>', sql<Date>`now() - make_interval(secs => ${sql.lit(ALIVE_SECONDS)})`)
    .orderBy('started_at')
    .limit(MAX_LISTED)
    .execute()
}

/** Whether a campaign's time has come, or will, so that a scheduler is needed. */
export async function hasScheduled(db: Kysely<Pick<Database, 'campaigns'>>): Promise<boolean> {
  const found = await db.selectFrom('campaigns').select('id').where('status', '=', 'scheduled').limit(1).execute()
  return found.length > 0
}
