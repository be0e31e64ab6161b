/**
 * Adding recipients to a campaign: their messages and the chunks that carry them, all or nothing a call. Between the calls
 * that give one audience it stays open, and the campaign is not over.
 */

import { type Expression, type Kysely, sql } from 'kysely'
import { isEmbedded } from '../../db/embedded.ts'
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
import type { CampaignTexts } from '../text/languages.ts'
import type { ProviderTemplate } from '../text/provider-template.ts'
import { type AudienceTables, idRows, prepareInsert, prepareInsertByCountry } from './audience-insert.ts'
import { countryRules, namedCountries } from './countries.ts'
import { insertSelection, isSelecting, type NewSelection } from './selections.ts'

/** Recipients that one statement writes, a whole number of chunks. A smaller slice costs a server a tenth more for each. */
const SLICE = 20_000
/**
 * Some 20 ms, in which the embedded database keeps the process from everything else. The connection is the transaction's
 * until the last slice: other requests that need the database wait for 7 µs a recipient.
 */
const EMBEDDED_SLICE = 2000
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

/** An audience of segments and rules. */
export interface SelectedAudience extends Omit<NewSelection, 'isLater'> {
  /** Time at which it is found out whom it selects, for a campaign whose start is ahead. Default: at_start. */
  readonly evaluate?: 'at_start' | 'now'
  readonly more?: boolean
}

export interface Queued {
  /** Recipients that were new to the campaign. */
  readonly queued: number
  readonly status: CampaignStatus
  readonly audienceOpen: boolean
}

/** Texts of a campaign that hold placeholders. */
export type Texts = Pick<Locked, 'base_template' | 'template' | 'texts'>

interface Locked extends CampaignTexts {
  readonly status: CampaignStatus
  readonly template: ProviderTemplate | null
  readonly ahead: boolean
  readonly audience_open: boolean
  readonly paused_reason: PausedReason | null
  /** Countries for which the route of its channel has other senders. */
  readonly countries: readonly string[]
  readonly embedded: boolean
}

type Audiences = (
  trx: Kysely<AudienceTables>,
  audience: Audience,
  check?: (texts: Texts) => Promise<void>,
) => Promise<Queued>

/**
 * Prepares the statements that queue recipients: they are long, and a process that is asked to send now and then would take
 * longer to build them than to run them.
 */
export function openAudience(db: Kysely<AudienceTables>): {
  readonly queue: Audiences
  readonly select: Selecting
  readonly close: Close
} {
  const lock = prepareLock(db)
  const insert = openInsert(db)
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
    const [after] = await setGoing({ campaignId, status, waiting, more }, trx)
    // Chunks that were held, for a time which has passed meanwhile or by a pause, start together with the new ones.
    if (!waiting) await release({ campaignId }, trx)
    return { status, audienceOpen: after?.audience_open ?? more }
  }
  /**
   * Queues a message for each customer that the campaign does not have yet, and sets the campaign going: `scheduled` while
   * its time is ahead, else `sending`; one that a person paused stays `paused`. Must run in a transaction.
   * @param check rejects when the campaign's texts must not be sent
   * @throws AppError CAMPAIGN_NOT_FOUND, INVALID_CAMPAIGN_STATUS, or CUSTOMER_NOT_FOUND with the missing ids
   */
  const queue: Audiences = async (
    trx,
    { campaignId, customerIds, more = false, requestId = null },
    check = async () => {},
  ) => {
    const ids = [...new Set(customerIds)].sort((a, b) => a - b)
    const before = await getLocked(trx, campaignId)
    if (!mayReceiveRecipients(before.status)) throw await endedError(trx, campaignId, before.status, ids)
    await check(before)
    const state = isRunning(statusAfterSend(before)) ? 'ready' : 'held'
    const insertSlice = insert(before.countries)
    const most = before.embedded ? EMBEDDED_SLICE : SLICE
    let [known, queued] = [0, 0]
    for (let at = 0; at < ids.length; at += most) {
      const slice = ids.slice(at, at + most)
      const range = { first: slice[0] ?? 0, last: slice.at(-1) ?? 0 }
      const [inserted = nobody] = await insertSlice({ campaignId, ids: slice, ...range, state, requestId }, trx)
      known += inserted.known
      queued += inserted.queued
    }
    if (known < ids.length) throw await missingCustomers(trx, ids)
    return { queued, ...(await go(trx, campaignId, before, more)) }
  }
  const select: Selecting = async (trx, { campaignId, more = false, evaluate = 'at_start', ...selection }, check) => {
    const before = await getLocked(trx, campaignId)
    if (!mayReceiveRecipients(before.status)) throw overError(campaignId, before.status)
    await check(before)
    const isLater = evaluate === 'at_start' && statusAfterSend(before) === 'scheduled'
    await insertSelection(trx, { campaignId, ...selection, isLater })
    return { queued: 0, ...(await go(trx, campaignId, before, more)) }
  }
  const close: Close = async (trx, campaignId) => {
    const before = await getLocked(trx, campaignId)
    if (!before.audience_open || !isAllowed(before.status, 'closeAudience'))
      return { status: before.status, audienceOpen: before.audience_open }
    return go(trx, campaignId, before, false)
  }
  return { queue, select, close }
}

/**
 * Adds an audience of segments and rules, whose recipients the scheduler queues, and sets the campaign going as `queue` does.
 * Must run in a transaction.
 * @param check throws when the campaign's texts must not be sent
 * @throws AppError CAMPAIGN_NOT_FOUND, INVALID_CAMPAIGN_STATUS, INVALID_REQUEST
 */
type Selecting = (
  trx: Kysely<AudienceTables>,
  selection: SelectedAudience,
  check: (texts: Texts) => Promise<void>,
) => Promise<Queued>

/**
 * Closes an audience, as the last call that adds to it does; one that is closed already is left as it is, so that the call
 * may be repeated. It stays open while the scheduler adds to it. Must run in a transaction.
 * @throws AppError CAMPAIGN_NOT_FOUND
 */
type Close = (trx: Kysely<AudienceTables>, campaignId: number) => Promise<Omit<Queued, 'queued'>>

const nobody = { known: 0, queued: 0 }

/** Prepares the statement for routes that tell no countries apart, and for those that do. */
function openInsert(db: Kysely<AudienceTables>) {
  const plain = prepareInsert(db)
  const byCountry = prepareInsertByCountry(db)
  let kept: { readonly of: string; readonly rules: ReturnType<typeof countryRules> } | undefined
  return (countries: readonly string[]): typeof plain => {
    if (countries.length === 0) return plain
    const of = countries.join()
    if (kept?.of !== of) kept = { of, rules: countryRules(countries) }
    const { rules } = kept
    return (values, within) => byCountry({ ...values, ...rules }, within)
  }
}

/** Race 7: two calls at once, and the scheduler starting the campaign, wait for each other here. */
function prepareLock(db: Kysely<AudienceTables>) {
  return prepare<{ campaignId: number }, Locked>(db, (param) =>
    db
      .selectFrom('campaigns')
      .select(['status', 'base_template', 'template', 'texts', 'audience_open', 'paused_reason'])
      .select(sql<boolean>`coalesce(scheduled_at > now(), false)`.as('ahead'))
      .select([sql<string[]>`array(${namedCountries(db)})`.as('countries'), isEmbedded.as('embedded')])
      // For this transaction: a plan that was made for any number of customers suits neither one nor 100,000.
      .select(sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning'))
      .where('id', '=', param('campaignId'))
      .forUpdate(),
  )
}

/** Names those who would be left out, and only those: whoever sends to all of them again would write to the others twice. */
export async function endedError(
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
  return prepare<Going, { audience_open: boolean }>(db, (param) =>
    db
      .updateTable('campaigns')
      .set({
        status: param('status'),
        audience_open: sql<boolean>`${param('more')}::boolean or ${isSelecting}`,
        audience_seen_at: sql<Date | null>`case when ${param('more')}::boolean then now() end`,
        paused_reason: null,
        paused_detail: null,
        paused_at: sql<Date | null>`case when ${param('status')}::campaign_status = 'paused' then paused_at end`,
        updated_at: sql<Date>`now()`,
        started_at: sql<Date | null>`case when ${param('waiting')}::boolean then started_at else coalesce(started_at, now()) end`,
      })
      .where('id', '=', param('campaignId'))
      .returning('audience_open'),
  )
}

/** The error for an audience of a campaign that takes no more recipients. */
export function overError(id: number, status: CampaignStatus): AppError {
  const message = `Cannot add recipients to campaign ${id}: it is "${status}". Create another campaign, and exclude the recipients of this one`
  return new AppError(messagingErrors.INVALID_CAMPAIGN_STATUS, message, { missing_ids: [], missing_count: 0 })
}

/** The error for customers that there are not. */
export async function missingCustomers(trx: Kysely<AudienceTables>, customerIds: readonly number[]): Promise<AppError> {
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
