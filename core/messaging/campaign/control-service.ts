/** Service of whoever controls campaigns for a person: pauses, resumes, cancels, and takes up what failed or is in doubt. */
import type { Kysely, Transaction } from 'kysely'
import { AppError } from '../../errors.ts'
import { listReasons, type ReasonCount } from '../chunk/reasons.ts'
import { type Reopening, reopen } from '../chunk/reopen.ts'
import { requireKnownNames } from '../enqueue/known-names.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { completeCampaigns } from './complete.ts'
import { type Action, controlCampaign } from './control.ts'
import { skipCancelled } from './skip-cancelled.ts'
import type { CampaignStatus } from './status.ts'

export type { Reopening } from '../chunk/reopen.ts'
export type { Action } from './control.ts'

type Tables = 'campaigns' | 'outbound_messages' | 'dispatch_chunks'

export interface ControlService {
  /** @throws AppError CAMPAIGN_NOT_FOUND */
  getStatus(id: number): Promise<CampaignStatus>
  /**
   * Messages that are under way are finished: at most a window of each worker.
   * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
   */
  control(id: number, action: Action): Promise<void>
  /** Skips what a cancelled campaign has left, a few chunks at a time. */
  skipCancelled(id: number): Promise<{ readonly more: boolean }>
  /** Completes every campaign of which nothing is left. */
  completeCampaigns(): Promise<void>
  /**
   * Gives failed or unknown messages fresh attempts, or says what became of them.
   * @returns how many messages there were
   * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT, TEMPLATE_UNKNOWN_PLACEHOLDER
   */
  reopen(reopening: Reopening): Promise<number>
  /** Messages that were not reached, by status and code, the most frequent first. */
  listReasons(id: number): Promise<readonly ReasonCount[]>
}

/** @param hasLinks true where PUBLIC_URL says where stop links lead */
export function openControlService(db: Kysely<Database>, hasLinks = false): ControlService {
  return Object.freeze({
    getStatus: (id: number) => getStatus(db, id),
    control: (id: number, action: Action) =>
      db.transaction().execute((trx) => controlCampaign(trx.$pickTables<Tables>(), id, action)),
    skipCancelled: (id: number) => skipCancelled(db, id),
    completeCampaigns: async () => void (await completeCampaigns(db)),
    reopen: (reopening: Reopening) => db.transaction().execute((trx) => reopenKnown(trx, reopening, hasLinks)),
    listReasons: (id: number) => listReasons(db, id),
  })
}

/** An attribute that the texts use may have been removed since the campaign was over. */
async function reopenKnown(trx: Transaction<Database>, reopening: Reopening, hasLinks: boolean): Promise<number> {
  const moved = await reopen(trx.$pickTables<Tables>(), reopening)
  if (moved === 0 || reopening.to !== 'pending') return moved
  const { campaignId } = reopening
  const texts = await trx
    .selectFrom('campaigns')
    .select(['base_template', 'template', 'texts'])
    .where('id', '=', campaignId)
    .executeTakeFirstOrThrow()
  await requireKnownNames(trx.$pickTables<'attributes'>(), campaignId, texts, hasLinks)
  return moved
}

async function getStatus(db: Kysely<Pick<Database, 'campaigns'>>, id: number): Promise<CampaignStatus> {
  const row = await db.selectFrom('campaigns').select('status').where('id', '=', id).executeTakeFirst()
  if (!row) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
  return row.status
}
