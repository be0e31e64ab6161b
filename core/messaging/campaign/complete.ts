/** The end of a campaign: its audience is closed and its last chunk done. The chunks' counters are folded into it then. */
import { type Kysely, sql } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import { prepare } from '../../db/prepare.ts'
import { isPassing } from '../../db/retry.ts'
import type { Database } from '../schema.ts'
import { type CampaignStatus, isAllowed, statusesAllowing } from './status.ts'

type CompleteTables = Pick<Database, 'campaigns' | 'dispatch_chunks'>

/** Campaigns that one run completes at most. */
const STEP = 250

/**
 * Prepares the completion of one campaign; false when it still has work or is over already. To be called after a chunk
 * was finished and committed: of two workers that finish the last two chunks, the later one sees both done. What is asked
 * for while others are being completed goes together in the next run: small campaigns end by the thousand.
 */
export function openComplete(db: Kysely<CompleteTables>): (campaignId: number) => Promise<boolean> {
  const findFinal = prepare<{ campaigns: readonly number[] }, { id: number }>(db, (param) =>
    db
      .selectFrom(sql<{ id: number }>`unnest(${param('campaigns')}::int[])`.as<'asked'>(sql`asked(id)`))
      .select('asked.id')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('dispatch_chunks as c')
              .select('c.id')
              .whereRef('c.campaign_id', '=', 'asked.id')
              .where('c.state', '<>', sql.lit('done')),
          ),
        ),
      ),
  )
  /** Undefined for one that somebody has locked: recipients are being added to it, and the others do not wait for that. */
  const run = async (campaigns: readonly number[]): Promise<(boolean | undefined)[]> => {
    const final = (await findFinal({ campaigns })).map(({ id }) => id)
    const { locked, completed } = await completeLocked(db, final, { wait: false })
    const waiting = new Set(final.filter((id) => !locked.includes(id)))
    return campaigns.map((id) => (waiting.has(id) ? undefined : completed.includes(id)))
  }
  const complete = openBatcher({
    run,
    // Each answer is one caller's.
    keyOf: String,
    isPassing,
    limits: { concurrency: 2, size: STEP },
    minBatch: STEP,
  })
  return async (id) => (await complete(id)) ?? (await completeLocked(db, [id], { wait: true })).completed.length > 0
}

/** Completes what a worker that died between its last chunk and the completion left behind; what is locked, the next time. */
export async function completeCampaigns(db: Kysely<CompleteTables>): Promise<number> {
  const over = await db
    .selectFrom('campaigns as k')
    .select('k.id')
    .where('k.status', 'in', statusesAllowing('complete'))
    .where('k.completed_at', 'is', null)
    .where('k.audience_open', '=', false)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('dispatch_chunks as c')
            .select('c.id')
            .whereRef('c.campaign_id', '=', 'k.id')
            .where('c.state', '<>', 'done'),
        ),
      ),
    )
    .execute()
  let completed = 0
  for (let at = 0; at < over.length; at += STEP) {
    const step = over.slice(at, at + STEP).map(({ id }) => id)
    completed += (await completeLocked(db, step, { wait: false })).completed.length
  }
  return completed
}

/**
 * The lock comes first, in a statement of its own: recipients that are being added hold it, and a statement that waited
 * for them would go on to look for open chunks as they were before the wait. Whoever closes an audience holds it too and
 * asks for the completion afterwards: of a worker that ends the last chunk and that call, the later one completes.
 */
async function completeLocked(
  db: Kysely<CompleteTables>,
  ids: readonly number[],
  { wait }: { readonly wait: boolean },
) {
  if (ids.length === 0) return { locked: [], completed: [] }
  return db.transaction().execute(async (trx) => {
    const campaigns = await trx
      .selectFrom('campaigns')
      .select(['id', 'status', 'completed_at', 'audience_open'])
      .where('id', '=', sql<number>`any(${ids}::int[])`)
      // Always in this order, or two that complete the same ones could wait for each other.
      .orderBy('id')
      .forUpdate()
      .$if(!wait, (query) => query.skipLocked())
      .execute()
    const locked = campaigns.map(({ id }) => id)
    const due = campaigns.filter(
      ({ status, completed_at, audience_open }) =>
        completed_at === null && !audience_open && isAllowed(status, 'complete'),
    )
    if (due.length === 0) return { locked, completed: [] }
    const completed = await fold(
      trx,
      due.map(({ id }) => id),
    )
      .set({ completed_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
      .where('c.open', '=', 0)
      .returning('k.id')
      .execute()
    return { locked, completed: completed.map(({ id }) => id) }
  })
}

/** Counts again for a campaign that was over already when a late report changed its chunks, in the same transaction. */
export async function foldAgain(trx: Kysely<CompleteTables>, id: number): Promise<void> {
  const campaign = await trx
    .selectFrom('campaigns')
    .select('completed_at')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!campaign || campaign.completed_at === null) return
  await fold(trx, [id]).execute()
}

/** Folds the chunks' counters into their campaigns, which must be locked. */
function fold(trx: Kysely<CompleteTables>, ids: readonly number[]) {
  return trx
    .updateTable('campaigns as k')
    .from(countChunks(trx, ids).as('c'))
    .set((eb) => ({
      total: eb.ref('c.total'),
      sent: eb.ref('c.sent'),
      failed: eb.ref('c.failed'),
      skipped: eb.ref('c.skipped'),
      unknown: eb.ref('c.unknown'),
      status: sql<CampaignStatus>`case when k.status = 'cancelled' then k.status
        when c.sent > 0 then 'sent' else 'failed' end`,
    }))
    .whereRef('k.id', '=', 'c.campaign')
}

/** A row for each campaign, also for one without chunks. */
function countChunks(trx: Kysely<CompleteTables>, ids: readonly number[]) {
  return trx
    .selectFrom(sql<{ id: number }>`unnest(${ids}::int[])`.as<'asked'>(sql`asked(id)`))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('dispatch_chunks')
          .select([
            sql<number>`(count(*) filter (where state <> 'done'))::int`.as('open'),
            sql<number>`coalesce(sum(size) filter (where turn = 0), 0)::int`.as('total'),
            sql<number>`coalesce(sum(sent), 0)::int`.as('sent'),
            sql<number>`coalesce(sum(failed), 0)::int`.as('failed'),
            sql<number>`coalesce(sum(skipped), 0)::int`.as('skipped'),
            sql<number>`coalesce(sum(unknown), 0)::int`.as('unknown'),
          ])
          .whereRef('campaign_id', '=', 'asked.id')
          .as('n'),
      (join) => join.onTrue(),
    )
    .selectAll('n')
    .select('asked.id as campaign')
}
