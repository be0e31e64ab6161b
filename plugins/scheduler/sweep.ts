/** Recovery of what a dead process left behind: leases, finished campaigns, its row in the list of processes. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../../core/db/prepare.ts'
import { completeCampaigns } from '../../core/messaging/campaign/complete.ts'
import { alignWaiting, pauseLeftOpen, skipCancelled } from '../../core/messaging/campaign/control.ts'
import { unfinishedStatuses } from '../../core/messaging/campaign/status.ts'
import { expireLeases } from '../../core/messaging/chunk/claim.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { Queue } from '../../core/queue/queue.ts'
import { takeBack } from './outbox.ts'

/** A process that was not seen for so long has died without taking its leave. */
const FORGET_AFTER = sql<Date>`now() - interval '1 minute'`

/** Seconds until a chunk that was published counts as lost to this process, which has no broker to ask. */
const TAKE_BACK_AFTER = 60

export interface Swept {
  /** Chunks that are ready again. */
  readonly expired: number
  /** Chunks that were held although their campaign runs. */
  readonly released: number
  readonly completed: number
  /** Campaigns that were paused because their audience was left open. */
  readonly leftOpen: readonly number[]
}

type SweepTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'processes'>

/**
 * Prepares the question whether a sweep could find anything: only a campaign that is not over has chunks to mend. It is all
 * that an idle scheduler asks.
 */
export function openSigns(db: Kysely<SweepTables>): () => Promise<boolean> {
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

export async function sweep(db: Kysely<SweepTables>, queue: Queue['name']): Promise<Swept> {
  const back = queue === 'postgres' ? await takeBack(db, TAKE_BACK_AFTER) : 0
  const expired = back + (await expireLeases(db))
  const leftOpen = await pauseLeftOpen(db)
  const { released } = await alignWaiting(db)
  while ((await skipCancelled(db)).more);
  const completed = await completeCampaigns(db)
  await db.deleteFrom('processes').where('seen_at', '<', FORGET_AFTER).execute()
  return { expired, released, completed, leftOpen }
}
