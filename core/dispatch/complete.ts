/** The end of a campaign: its audience is closed and its last chunk done. The chunks' counters are folded into it then. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { CampaignStatus, Database } from '../db/schema.ts'

/** A campaign that is paused is not over, even if nothing is left: it may be resumed. */
const ending: readonly CampaignStatus[] = ['sending', 'cancelled']

type CompleteTables = Pick<Database, 'campaigns' | 'dispatch_chunks'>

/**
 * Prepares the completion of one campaign; false when it still has work or is over already. To be called after a chunk
 * was finished and committed: of two workers that finish the last two chunks, the later one sees both done.
 */
export function openComplete(db: Kysely<CompleteTables>): (campaignId: number) => Promise<boolean> {
  const findOpen = prepare<{ campaign: number }, { id: string }>(db, (param) =>
    db
      .selectFrom('dispatch_chunks')
      .select('id')
      .where('campaign_id', '=', param('campaign'))
      .where('state', '<>', sql.lit('done'))
      .limit(1),
  )
  return async (campaign) => {
    const open = await findOpen({ campaign })
    return open.length === 0 && (await completeCampaign(db, campaign))
  }
}

/** Completes what a worker that died between its last chunk and the completion left behind. */
export async function completeCampaigns(db: Kysely<CompleteTables>): Promise<number> {
  const over = await db
    .selectFrom('campaigns as k')
    .select('k.id')
    .where('k.status', 'in', ending)
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
  for (const { id } of over) if (await completeCampaign(db, id)) completed++
  return completed
}

/**
 * The lock comes first, in a statement of its own: recipients that are being added hold it, and a statement that waited
 * for them would go on to look for open chunks as they were before the wait. Whoever closes an audience holds it too and
 * asks for the completion afterwards: of a worker that ends the last chunk and that call, the later one completes.
 */
async function completeCampaign(db: Kysely<CompleteTables>, id: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const campaign = await trx
      .selectFrom('campaigns')
      .select(['status', 'completed_at', 'audience_open'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!campaign || campaign.completed_at !== null || campaign.audience_open || !ending.includes(campaign.status))
      return false
    const counts = await countChunks(trx, id)
    if (counts.open > 0) return false
    const { open: _, ...folded } = counts
    await trx
      .updateTable('campaigns')
      .set({
        ...folded,
        status: statusOver(campaign.status, counts.sent),
        completed_at: sql<Date>`now()`,
        updated_at: sql<Date>`now()`,
      })
      .where('id', '=', id)
      .execute()
    return true
  })
}

/** Counts again for a campaign that was over already when a late report changed its chunks, in the same transaction. */
export async function foldAgain(trx: Kysely<CompleteTables>, id: number): Promise<void> {
  const campaign = await trx
    .selectFrom('campaigns')
    .select(['status', 'completed_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!campaign || campaign.completed_at === null) return
  const { open: _, ...folded } = await countChunks(trx, id)
  const status = statusOver(campaign.status, folded.sent)
  await trx
    .updateTable('campaigns')
    .set({ ...folded, status })
    .where('id', '=', id)
    .execute()
}

function statusOver(before: CampaignStatus, sent: number): CampaignStatus {
  if (before === 'cancelled') return before
  return sent > 0 ? 'sent' : 'failed'
}

function countChunks(trx: Kysely<CompleteTables>, id: number) {
  return trx
    .selectFrom('dispatch_chunks')
    .select([
      sql<number>`(count(*) filter (where state <> 'done'))::int`.as('open'),
      sql<number>`coalesce(sum(size) filter (where origin_id is null), 0)::int`.as('total'),
      sql<number>`coalesce(sum(sent), 0)::int`.as('sent'),
      sql<number>`coalesce(sum(failed), 0)::int`.as('failed'),
      sql<number>`coalesce(sum(skipped), 0)::int`.as('skipped'),
      sql<number>`coalesce(sum(unknown), 0)::int`.as('unknown'),
    ])
    .where('campaign_id', '=', id)
    .executeTakeFirstOrThrow()
}
