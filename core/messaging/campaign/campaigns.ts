/** Campaigns in the database: made, found, changed and removed. */

import { type Kysely, type Selectable, sql } from 'kysely'
import { AppError, errors } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Campaigns, Channel, Database } from '../schema.ts'
import { statusConflict } from './control.ts'
import { type CampaignStatus, isAllowed, statusesAllowing } from './status.ts'

type Db = Kysely<Pick<Database, 'campaigns'>>

export const campaignColumns = [
  'id',
  'name',
  'channel',
  'status',
  'base_template',
  'scheduled_at',
  'expires_at',
  'created_at',
  'audience_open',
  'paused_reason',
  'paused_at',
] as const satisfies readonly (keyof Campaigns)[]

export type CampaignRow = Pick<Selectable<Campaigns>, (typeof campaignColumns)[number]>

/** Times in RFC 3339. */
export interface NewCampaign {
  readonly name: string
  readonly channel: Channel
  readonly base_template: string
  readonly scheduled_at?: string | null
  readonly expires_at?: string | null
}
export type CampaignChanges = Partial<NewCampaign>

/** By the database's clock, as everything that compares times. */
const statusAt = (time: string | null | undefined) =>
  sql<CampaignStatus>`case when ${time ?? null}::timestamptz > now() then 'scheduled' else 'draft' end::campaign_status`

export function insertCampaign(db: Db, campaign: NewCampaign): Promise<CampaignRow> {
  const { scheduled_at = null, ...rest } = campaign
  requireOrder(scheduled_at, rest.expires_at)
  return db
    .insertInto('campaigns')
    .values({ ...rest, scheduled_at, status: statusAt(scheduled_at) })
    .returning(campaignColumns)
    .executeTakeFirstOrThrow()
}

/** @throws AppError CAMPAIGN_NOT_FOUND */
export async function getCampaign(db: Db, id: number): Promise<CampaignRow> {
  const row = await db.selectFrom('campaigns').select(campaignColumns).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(id)
  return row
}

/** @throws AppError INVALID_REQUEST when all of it would be skipped */
function requireOrder(scheduled_at: Date | string | null, expires_at: Date | string | null | undefined): void {
  if (!expires_at) return
  const start = scheduled_at === null ? Date.now() : new Date(scheduled_at).getTime()
  if (new Date(expires_at).getTime() > start) return
  const message = `expires_at must be after ${scheduled_at === null ? 'now' : 'scheduled_at'}, or absent`
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'expires_at', message }])
}

/**
 * One compare-and-set: a scheduler or a /send that starts the campaign meanwhile either comes first, and this changes
 * nothing, or waits for it and sees what it set.
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
 */
export async function updateCampaign(db: Db, id: number, changes: CampaignChanges): Promise<CampaignRow> {
  const { scheduled_at, expires_at } = changes
  const changed = await db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('campaigns')
      .set({ ...changes, updated_at: sql<Date>`now()` })
      .$if(scheduled_at !== undefined, (update) => update.set({ status: statusAt(scheduled_at) }))
      .where('id', '=', id)
      .where('status', 'in', statusesAllowing('edit'))
      .returning(campaignColumns)
      .executeTakeFirst()
    if (row && (scheduled_at !== undefined || expires_at !== undefined)) requireOrder(row.scheduled_at, row.expires_at)
    return row
  })
  if (changed) return changed
  throw statusConflict('edit', await getCampaign(db, id))
}

type RemovalTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'>

/**
 * The lock keeps /send and the scheduler out until all of it is gone.
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
 */
export function deleteCampaign(db: Kysely<RemovalTables>, id: number): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('campaigns').select('status').where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row) throw notFound(id)
    if (!isAllowed(row.status, 'delete')) throw statusConflict('delete', { id, status: row.status })
    await trx.deleteFrom('outbound_messages').where('campaign_id', '=', id).execute()
    await trx.deleteFrom('dispatch_chunks').where('campaign_id', '=', id).execute()
    await trx.deleteFrom('campaigns').where('id', '=', id).execute()
  })
}

export const notFound = (id: number) =>
  new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
