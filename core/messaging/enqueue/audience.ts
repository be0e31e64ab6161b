/**
 * Adding recipients to a campaign: their messages and the chunks that carry them, all or nothing a call. Between the calls
 * that give one audience it stays open, and the campaign is not over.
 */

import { type Expression, type Kysely, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import { AppError } from '../../errors.ts'
import {
  type CampaignStatus,
  isAllowed,
  isRunning,
  mayReceiveRecipients,
  type PausedReason,
  statusAfterSend,
} from '../campaign/status.ts'
import { released } from '../chunk/chunk-state.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { type AudienceTables, idRows, prepareInsert } from './audience-insert.ts'

/** Missing ids that an error names; the rest is only counted. */
const MISSING_NAMED = 100

export interface Audience {
  readonly campaignId: number
  readonly customerIds: readonly number[]
  /** Another call will follow: the audience stays open until one without it, or until it is closed. */
  readonly more?: boolean
  /** Id of the request, which workers name in the log lines of the chunks. */
  readonly requestId?: string | null
}

export interface Queued {
  /** Recipients that were new to the campaign. */
  readonly queued: number
  readonly status: CampaignStatus
  readonly audienceOpen: boolean
}

interface Locked {
  readonly status: CampaignStatus
  readonly base_template: string
  readonly ahead: boolean
  readonly audience_open: boolean
  readonly paused_reason: PausedReason | null
}

type Audiences = (
  trx: Kysely<AudienceTables>,
  audience: Audience,
  check?: (template: string) => void,
) => Promise<Queued>

/**
 * Prepares the statements that queue recipients: they are long, and a process that is asked to send now and then would take
 * longer to build them than to run them.
 */
export function openAudience(db: Kysely<AudienceTables>): { readonly queue: Audiences; readonly close: Close } {
  const lock = prepareLock(db)
  const insert = prepareInsert(db)
  const setGoing = prepareSetGoing(db)
  const release = prepare<{ campaignId: number }, never>(db, (param) => releasing(db, param('campaignId')))
  const getLocked = async (trx: Kysely<AudienceTables>, campaignId: number): Promise<Locked> => {
    const [campaign] = await lock({ campaignId }, trx)
    if (!campaign) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${campaignId} not found`)
    return campaign
  }
  const go = async (trx: Kysely<AudienceTables>, campaignId: number, before: Locked, more: boolean) => {
    const status = statusAfterSend(before)
    const waiting = !isRunning(status)
    await setGoing({ campaignId, status, waiting, more }, trx)
    // Chunks that were held, for a time which has passed meanwhile or by a pause, start together with the new ones.
    if (!waiting) await release({ campaignId }, trx)
    return status
  }
  /**
   * Queues a message for each customer that the campaign does not have yet, and sets the campaign going: `scheduled` while
   * its time is ahead, else `sending`; one that a person paused stays `paused`. Must run in a transaction.
   * @param check throws when the campaign's template must not be sent
   * @throws AppError CAMPAIGN_NOT_FOUND, INVALID_CAMPAIGN_STATUS, or CUSTOMER_NOT_FOUND with the missing ids
   */
  const queue: Audiences = async (
    trx,
    { campaignId, customerIds, more = false, requestId = null },
    check = () => {},
  ) => {
    const ids = [...new Set(customerIds)].sort((a, b) => a - b)
    const before = await getLocked(trx, campaignId)
    if (!mayReceiveRecipients(before.status)) throw await endedError(trx, campaignId, before.status, ids)
    check(before.base_template)
    const range = { first: ids[0] ?? 0, last: ids.at(-1) ?? 0 }
    const state = isRunning(statusAfterSend(before)) ? 'ready' : 'held'
    const [{ known, queued } = nobody] = await insert({ campaignId, ids, ...range, state, requestId }, trx)
    if (known < ids.length) throw await missingCustomers(trx, ids)
    return { queued, status: await go(trx, campaignId, before, more), audienceOpen: more }
  }
  const close: Close = async (trx, campaignId) => {
    const before = await getLocked(trx, campaignId)
    if (!before.audience_open || !isAllowed(before.status, 'closeAudience'))
      return { status: before.status, closed: false }
    return { status: await go(trx, campaignId, before, false), closed: true }
  }
  return { queue, close }
}

/**
 * Closes an audience, as the last call that adds to it does; one that is closed already is left as it is, so that the call
 * may be repeated. Must run in a transaction.
 * @throws AppError CAMPAIGN_NOT_FOUND
 */
type Close = (
  trx: Kysely<AudienceTables>,
  campaignId: number,
) => Promise<{ readonly status: CampaignStatus; readonly closed: boolean }>

const nobody = { known: 0, queued: 0 }

/** Race 7: two calls at once, and the scheduler starting the campaign, wait for each other here. */
function prepareLock(db: Kysely<AudienceTables>) {
  return prepare<{ campaignId: number }, Locked>(db, (param) =>
    db
      .selectFrom('campaigns')
      .select(['status', 'base_template', 'audience_open', 'paused_reason'])
      .select(sql<boolean>`coalesce(scheduled_at > now(), false)`.as('ahead'))
      // For this transaction: a plan that was made for any number of customers suits neither one nor 100,000.
      .select(sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning'))
      .where('id', '=', param('campaignId'))
      .forUpdate(),
  )
}

/** Names those who would be left out, and only those: whoever sends to all of them again would write to the others twice. */
async function endedError(
  trx: Kysely<AudienceTables>,
  campaignId: number,
  status: CampaignStatus,
  customerIds: readonly number[],
): Promise<AppError> {
  const missing = await trx
    .selectFrom(idRows(sql.val(customerIds)))
    .leftJoin('outbound_messages as m', (join) =>
      join.onRef('m.customer_id', '=', 'asked.id').on('m.campaign_id', '=', campaignId),
    )
    .select('asked.id')
    .where('m.id', 'is', null)
    .orderBy('asked.id')
    .execute()
  const rest =
    missing.length === 0
      ? 'all customers of this call are already recipients'
      : `${missing.length} of the ${customerIds.length} customers of this call are not recipients: create another campaign for them`
  return new AppError(
    messagingErrors.INVALID_CAMPAIGN_STATUS,
    `Cannot add recipients to campaign ${campaignId}: it is "${status}"; ${rest}`,
    { missing_ids: missing.slice(0, MISSING_NAMED).map(({ id }) => id), missing_count: missing.length },
  )
}

interface Going {
  readonly campaignId: number
  readonly status: CampaignStatus
  readonly waiting: boolean
  readonly more: boolean
}

function prepareSetGoing(db: Kysely<AudienceTables>) {
  return prepare<Going, never>(db, (param) =>
    db
      .updateTable('campaigns')
      .set({
        status: param('status'),
        audience_open: param('more'),
        audience_seen_at: sql<Date | null>`case when ${param('more')}::boolean then now() end`,
        paused_reason: null,
        paused_at: sql<Date | null>`case when ${param('status')}::campaign_status = 'paused' then paused_at end`,
        updated_at: sql<Date>`now()`,
        started_at: sql<Date | null>`case when ${param('waiting')}::boolean then started_at else coalesce(started_at, now()) end`,
      })
      .where('id', '=', param('campaignId')),
  )
}

async function missingCustomers(trx: Kysely<AudienceTables>, customerIds: readonly number[]): Promise<AppError> {
  const missing = await trx
    .selectFrom(idRows(sql.val(customerIds)))
    .leftJoin('customers', 'customers.id', 'asked.id')
    .select('asked.id')
    .where('customers.id', 'is', null)
    .orderBy('asked.id')
    .execute()
  const ids = missing.slice(0, MISSING_NAMED).map(({ id }) => id)
  const named = ids.slice(0, 5).join(', ') + (missing.length > 5 ? ', ...' : '')
  return new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customers not found: ${named}. Nothing was queued`, {
    missing_ids: ids,
    missing_count: missing.length,
  })
}

const releasing = (db: Kysely<Pick<Database, 'dispatch_chunks'>>, campaignId: Expression<number>) =>
  db.updateTable('dispatch_chunks').set(released).where('campaign_id', '=', campaignId).where('state', '=', 'held')
