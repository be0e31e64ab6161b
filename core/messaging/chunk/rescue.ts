/** Rescue of what a dead process left orphaned: leases, finished campaigns, its row in the list of processes. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import type { Queue } from '../../queue/queue.ts'
import { completeCampaigns } from '../campaign/complete.ts'
import { alignWaiting, pauseLeftOpen } from '../campaign/control.ts'
import { skipCancelled } from '../campaign/skip-cancelled.ts'
import { unfinishedStatuses } from '../campaign/status.ts'
import type { Database } from '../schema.ts'
import { reclaimPublished } from './announce.ts'
import { expireLeases } from './chunk-state.ts'

/** A process that was last seen before this moment has died without signing off. */
const FORGET_AFTER = sql<Date>`now() - interval '1 minute'`

/** Seconds after which a published chunk counts as lost where there is no broker to ask. */
const RECLAIM_AFTER = 60

export interface Rescued {
  /** Chunks that are ready again. */
  readonly expired: number
  /** Chunks that were held although their campaign runs. */
  readonly released: number
  readonly completed: number
  /** Campaigns that were paused because their audience was left open. */
  readonly leftOpen: readonly number[]
}

type RescueTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'processes'>

/**
 * Prepares the check whether there may be anything to rescue: only a campaign that is not over has chunks to mend. An idle
 * scheduler asks for nothing else.
 */
export function openOrphanCheck(db: Kysely<RescueTables>): () => Promise<boolean> {
  const find = prepare<Record<never, never>, { found: boolean }>(db, () =>
    db.selectNoFrom(({ or, exists, selectFrom }) =>
      or([
        exists(
          selectFrom('campaigns')
            .select('id')
            .where('status', 'in', unfinishedStatuses)
            .where('completed_at', 'is', null),
        ),
        exists(selectFrom('processes').select('id').where('seen_at', '<', FORGET_AFTER)),
      ]).as('found'),
    ),
  )
  return async () => (await find({}))[0]?.found ?? true
}

export async function rescue(db: Kysely<RescueTables>, queue: Queue['name']): Promise<Rescued> {
  const reclaimed = queue === 'postgres' ? await reclaimPublished(db, RECLAIM_AFTER) : 0
  const expired = reclaimed + (await expireLeases(db))
  const leftOpen = await pauseLeftOpen(db)
  const { released } = await alignWaiting(db)
  while ((await skipCancelled(db)).more);
  const completed = await completeCampaigns(db)
  await db.deleteFrom('processes').where('seen_at', '<', FORGET_AFTER).execute()
  return { expired, released, completed, leftOpen }
}
