/**
 * Pausing, resuming and cancelling a campaign. The campaign's status is what counts: every flush reads it before it grants
 * a window (race 31), every claim before it takes a chunk. What waits is put out of reach besides, so that nobody looks
 * at it in vain.
 */

import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { notGathering, released } from '../chunk/chunk-state.ts'
import { addReasons, reasonChange, type Unreached } from '../chunk/reasons.ts'
import { messagingErrors } from '../errors.ts'
import type { ChunkState, Database } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'
import {
  type CampaignAction,
  type CampaignStatus,
  isAllowed,
  refusalOf,
  statusesAfter,
  statusesAllowing,
} from './status.ts'

type ControlTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'>
type ChunkTables = Pick<Database, 'campaigns' | 'dispatch_chunks'>

export type Action = Extract<CampaignAction, 'pause' | 'resume' | 'cancel'>

/**
 * Must run in a transaction. Messages that are under way are finished: at most a window of each worker.
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT with the status that forbids it
 */
export async function controlCampaign(trx: Kysely<ControlTables>, id: number, action: Action): Promise<void> {
  const before = await lockFor(trx, id, action)
  const [to = before] = statusesAfter(before, action)
  await trx
    .updateTable('campaigns')
    .set({
      status: to,
      paused_reason: null,
      paused_at: action === 'pause' ? sql<Date>`now()` : null,
      updated_at: sql<Date>`now()`,
    })
    // Nobody may add to it any more, so that nothing keeps it from being over.
    .$if(action === 'cancel', (update) => update.set({ audience_open: false, audience_seen_at: null }))
    // A resume starts the time again in which the rest must be added or the audience closed.
    .$if(action === 'resume', (update) =>
      update.set({
        audience_seen_at: sql<Date | null>`case when audience_open then now() end`,
        started_at: sql<Date>`coalesce(started_at, now())`,
      }),
    )
    .where('id', '=', id)
    .execute()
  if (action === 'pause') await holdWaiting(trx, id)
  if (action === 'resume') await releaseWaiting(trx, id)
}

/**
 * Locks the campaign until the transaction ends, if its status allows the action.
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
 */
export async function lockFor(
  trx: Kysely<Pick<Database, 'campaigns'>>,
  id: number,
  action: CampaignAction,
): Promise<CampaignStatus> {
  const campaign = await trx
    .selectFrom('campaigns')
    .select('status')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!campaign) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
  if (isAllowed(campaign.status, action)) return campaign.status
  throw statusConflict(action, { id, status: campaign.status })
}

/** An action that the campaign's status forbids; the details name the statuses that allow it. */
export const statusConflict = (action: CampaignAction, campaign: { id: number; status: CampaignStatus }): AppError =>
  new AppError(messagingErrors.CAMPAIGN_STATUS_CONFLICT, refusalOf(action, campaign), {
    status: campaign.status,
    allowed: statusesAllowing(action),
  })

async function holdWaiting(trx: Kysely<ChunkTables>, id: number): Promise<void> {
  await trx
    .updateTable('dispatch_chunks')
    .set({ state: 'held', ...notGathering })
    .where('campaign_id', '=', id)
    .where('state', 'in', ['ready', 'published'])
    .execute()
}

/** Lets what was held while a campaign was paused be claimed again. */
async function releaseWaiting(trx: Kysely<ChunkTables>, id: number): Promise<void> {
  await trx
    .updateTable('dispatch_chunks')
    .set(released)
    .where('campaign_id', '=', id)
    .where('state', '=', 'held')
    .execute()
}

/** An audience may stay open for so long after the last call that added to it. */
export const AUDIENCE_OPEN_MINUTES = 10

/** An audience was left open: whoever was adding to it is gone. For a row of `campaigns`. */
export const isAudienceLeft = sql<boolean>`(audience_open and
  audience_seen_at < now() - make_interval(mins => ${sql.lit(AUDIENCE_OPEN_MINUTES)}))`

/**
 * Pauses campaigns under way, and those whose time has come, whose audience was left open: a person has to say whether
 * somebody is missing. One that is locked is being added to, or controlled, and is looked at again the next time.
 * @returns the campaigns' ids
 */
export async function pauseLeftOpen(db: Kysely<ChunkTables>): Promise<number[]> {
  const left = await db
    .with('left_open', (cte) =>
      cte
        .selectFrom('campaigns')
        .select('id')
        .where('status', 'in', statusesAllowing('pauseLeftOpen'))
        .where((eb) => eb.or([eb('status', '=', 'sending'), eb('scheduled_at', '<=', sql<Date>`now()`)]))
        .where(isAudienceLeft)
        .forUpdate()
        .skipLocked(),
    )
    .with('paused', (cte) =>
      cte
        .updateTable('campaigns')
        .set({
          status: 'paused',
          paused_reason: 'audience_open',
          paused_at: sql<Date>`now()`,
          updated_at: sql<Date>`now()`,
        })
        .where('id', 'in', ({ selectFrom }) => selectFrom('left_open').select('left_open.id'))
        .returning('id'),
    )
    .with('held', (cte) =>
      cte
        .updateTable('dispatch_chunks')
        .set({ state: 'held', ...notGathering })
        .where('campaign_id', 'in', ({ selectFrom }) => selectFrom('paused').select('paused.id'))
        .where('state', 'in', ['ready', 'published']),
    )
    .selectFrom('paused')
    .select('id')
    .execute()
  return left.map(({ id }) => id)
}

export interface Aligned {
  /** Chunks of campaigns that run, which may be claimed now. */
  readonly released: number
  /** Chunks of paused campaigns, which may not be claimed any more. */
  readonly held: number
}

/**
 * Corrects chunks whose state does not fit their campaign's. Whoever gave them back, split them, inserted them or took them
 * from a dead owner did not see the pause, or the resume, that was being committed at that moment; and that did not see them.
 * A pause or resume that overlaps this statement in turn is corrected by the next one.
 */
export async function alignWaiting(db: Kysely<ChunkTables>): Promise<Aligned> {
  const fitting = sql<{ status: CampaignStatus; stands: ChunkState; fits: ChunkState }>`(values
    ('sending'::campaign_status, 'held'::chunk_state, 'ready'::chunk_state), ('paused', 'ready', 'held'))`
  const rows = await db
    .updateTable('dispatch_chunks as c')
    .from(({ selectFrom }) =>
      selectFrom('campaigns as k')
        .innerJoin(fitting.as<'f'>(sql`f(status, stands, fits)`), 'f.status', 'k.status')
        .select(['k.id as campaign', 'f.stands', 'f.fits'])
        .as('a'),
    )
    .set({ state: sql.ref<ChunkState>('a.fits'), ...notGathering })
    .whereRef('c.campaign_id', '=', 'a.campaign')
    .whereRef('c.state', '=', 'a.stands')
    // Implied, and what the index of open chunks asks for.
    .where('c.state', '<>', sql.lit('done'))
    .returning('c.state')
    .execute()
  const ready = rows.filter(({ state }) => state === 'ready').length
  return { released: ready, held: rows.length - ready }
}

/** Endings of messages that a cancelled campaign leaves. Race 10: those that wait for receipts may have been sent. */
const SKIPPED = { status: 'skipped', code: 'cancelled' } as const satisfies Ending
const IN_DOUBT = { status: 'unknown', code: 'receipt.missing' } as const satisfies Ending

interface Ending {
  readonly status: Unreached
  readonly code: MessageCode
}

/** Chunks that one step of skipping takes. */
const STEP = 20

/**
 * Skips what a cancelled campaign has left and nobody works on, a few chunks at a time.
 * @param id only this campaign
 * @returns how many chunks there were; less than a full step when nothing is left
 */
export async function skipCancelled(db: Kysely<ControlTables>, id?: number): Promise<{ more: boolean }> {
  return db.transaction().execute(async (trx) => {
    const chunks = await trx
      .selectFrom('dispatch_chunks as c')
      .innerJoin('campaigns as k', 'k.id', 'c.campaign_id')
      .select(['c.id', 'c.campaign_id', 'c.turn', 'c.first_id', 'c.last_id', 'c.ids', 'c.awaiting'])
      .where('k.status', '=', 'cancelled')
      .where('k.completed_at', 'is', null)
      .where('c.state', 'in', ['held', 'ready', 'published'])
      .$if(id !== undefined, (query) => query.where('k.id', '=', id ?? 0))
      .limit(STEP)
      .forUpdate('c')
      .skipLocked()
      .execute()
    for (const chunk of chunks) await skipChunk(trx, chunk)
    return { more: chunks.length === STEP }
  })
}

type Waiting = Pick<Database['dispatch_chunks'], 'campaign_id' | 'first_id' | 'last_id' | 'ids'> & {
  readonly id: string
  readonly turn: number
  readonly awaiting: boolean
}

async function skipChunk(trx: Kysely<ControlTables>, chunk: Waiting): Promise<void> {
  const { status, code } = chunk.awaiting ? IN_DOUBT : SKIPPED
  const { numUpdatedRows } = await trx
    .updateTable('outbound_messages')
    .set((eb) => ({
      status,
      turn: eb('turn', '+', 1),
      last_error: code,
      updated_at: sql<Date>`clock_timestamp()`,
    }))
    .$if(chunk.ids !== null, (update) => update.where('id', '=', sql<string>`any(${chunk.ids}::bigint[])`))
    .$if(chunk.ids === null, (update) => update.where('id', '>=', chunk.first_id).where('id', '<=', chunk.last_id))
    // As where a chunk is read: `+ 0` keeps Postgres from reading the whole campaign.
    .where(sql<number>`campaign_id + 0`, '=', chunk.campaign_id)
    .where('status', '=', 'pending')
    .where('turn', '=', chunk.turn)
    .executeTakeFirst()
  const count = Number(numUpdatedRows)
  await trx
    .updateTable('dispatch_chunks')
    .set((eb) => ({
      [status]: eb(status, '+', count),
      reasons: addReasons(eb.ref('reasons'), reasonChange(status, code, count)),
      state: 'done',
      in_flight: 0,
    }))
    .where('id', '=', chunk.id)
    .execute()
}
