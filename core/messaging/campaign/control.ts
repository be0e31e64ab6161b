/**
 * Pausing, resuming and cancelling a campaign. The campaign's status is what counts: every report reads it before it grants
 * a window (race 31), every claim before it takes a chunk. What waits is put out of reach besides, so that nobody looks
 * at it in vain.
 */

import { type Kysely, type QueryCreator, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { noBucket, released } from '../chunk/chunk-state.ts'
import { messagingErrors } from '../errors.ts'
import type { ChunkState, Database } from '../schema.ts'
import {
  type CampaignAction,
  type CampaignEvent,
  type CampaignStatus,
  isAllowed,
  type PausedReason,
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
      paused_detail: null,
      paused_at: action === 'pause' ? sql<Date>`now()` : null,
      updated_at: sql<Date>`now()`,
    })
    // Nobody may add to it any more, so that nothing keeps it from being over.
    .$if(action === 'cancel', (update) => update.set({ audience_open: false, audience_seen_at: null }))
    // A resume starts the time again in which the rest must be added or the audience closed.
    .$if(action === 'resume', (update) =>
      update.set({
        audience_seen_at: sql<Date | null>`case when audience_seen_at is not null then now() end`,
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
    .set({ state: 'held', ...noBucket })
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

/** Puts the chunks that wait of the campaigns in the expression `paused` out of reach. */
const holdOf = (db: QueryCreator<ChunkTables & { paused: { id: number } }>) =>
  db
    .updateTable('dispatch_chunks')
    .set({ state: 'held', ...noBucket })
    .where('campaign_id', 'in', ({ selectFrom }) => selectFrom('paused').select('paused.id'))
    .where('state', 'in', ['ready', 'published'])

/** An audience may stay open for so long after the last call that added to it. */
export const AUDIENCE_OPEN_MINUTES = 10

/**
 * An audience was left open: whoever was adding to it is gone. For a row of `campaigns`. An audience that only the scheduler
 * adds to was never seen.
 */
export const isAudienceLeft = sql<boolean>`coalesce(audience_open and
  audience_seen_at < now() - make_interval(mins => ${sql.lit(AUDIENCE_OPEN_MINUTES)}), false)`

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
    .with('held', (cte) => holdOf(cte))
    .selectFrom('paused')
    .select('id')
    .execute()
  return left.map(({ id }) => id)
}

/**
 * Pauses a campaign whose content a provider refuses, so that not everybody's message fails.
 * @param detail who refuses it and how, for a person
 * @returns false where it is not being sent
 */
export const pauseRefused = (db: Kysely<ChunkTables>, id: number, detail: string): Promise<boolean> =>
  pauseFor(db, id, { event: 'pauseRefused', reason: 'content_refused', detail })

/**
 * Pauses a campaign whose audience cannot be evaluated, so that a person corrects the segments and resumes it.
 * @param detail the problem and its place, for a person
 */
export const pauseUnusable = (db: Kysely<ChunkTables>, id: number, detail: string): Promise<boolean> =>
  pauseFor(db, id, { event: 'pauseUnusable', reason: 'audience_unusable', detail })

interface Pause {
  readonly event: CampaignEvent
  readonly reason: PausedReason
  readonly detail: string
}

async function pauseFor(db: Kysely<ChunkTables>, id: number, { event, reason, detail }: Pause): Promise<boolean> {
  const paused = await db
    .with('paused', (cte) =>
      cte
        .updateTable('campaigns')
        .set({
          status: 'paused',
          paused_reason: reason,
          paused_detail: detail,
          paused_at: sql<Date>`now()`,
          updated_at: sql<Date>`now()`,
        })
        .where('id', '=', id)
        .where('status', 'in', statusesAllowing(event))
        .returning('id'),
    )
    .with('held', (cte) => holdOf(cte))
    .selectFrom('paused')
    .select('id')
    .execute()
  return paused.length > 0
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
    .set({ state: sql.ref<ChunkState>('a.fits'), ...noBucket })
    .whereRef('c.campaign_id', '=', 'a.campaign')
    .whereRef('c.state', '=', 'a.stands')
    // Implied, and what the index of open chunks asks for.
    .where('c.state', '<>', sql.lit('done'))
    .returning('c.state')
    .execute()
  const ready = rows.filter(({ state }) => state === 'ready').length
  return { released: ready, held: rows.length - ready }
}
