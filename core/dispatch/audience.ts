/** Adding recipients to a campaign: their messages and the chunks that carry them, all or nothing. */
import { type Kysely, sql } from 'kysely'
import type { CampaignStatus, Database } from '../db/schema.ts'
import { AppError } from '../errors.ts'

/** Recipients a chunk carries: enough to make its own cost small, few enough to be done in seconds. */
export const CHUNK_SIZE = 500
/** Missing ids that an error names; the rest is only counted. */
const MISSING_NAMED = 100

type AudienceTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'> & {
  readonly customers: Pick<Database['customers'], 'id'>
}

export interface Audience {
  readonly campaignId: number
  readonly customerIds: readonly number[]
  /** Of the request that asked for it: the log of whoever works on the chunks names it. */
  readonly requestId?: string | null
}

export interface Queued {
  /** Recipients that were new to the campaign. */
  readonly queued: number
  readonly status: CampaignStatus
}

/**
 * Queues a message for each customer that the campaign does not have yet, and sets the campaign going: `scheduled` while
 * its time is ahead, else `sending`; a paused one stays `paused`. Must run in a transaction.
 * @param check throws when the campaign's template must not be sent
 * @throws AppError CAMPAIGN_NOT_FOUND, INVALID_CAMPAIGN_STATUS, or CUSTOMER_NOT_FOUND with the missing ids
 */
export async function queueRecipients(
  trx: Kysely<AudienceTables>,
  audience: Audience,
  check: (template: string) => void = () => {},
): Promise<Queued> {
  const { campaignId } = audience
  const customerIds = [...new Set(audience.customerIds)].sort((a, b) => a - b)
  const { base_template, waiting, paused } = await lockCampaign(trx, campaignId)
  check(base_template)
  const status = paused ? 'paused' : waiting ? 'scheduled' : 'sending'
  const { known, queued } = await insertMessages(trx, { ...audience, customerIds }, waiting ? 'held' : 'ready')
  if (known < customerIds.length) throw await missingCustomers(trx, customerIds)
  await trx
    .updateTable('campaigns')
    .set({ status, updated_at: sql<Date>`now()` })
    .$if(!waiting, (update) => update.set({ started_at: sql<Date>`coalesce(started_at, now())` }))
    .where('id', '=', campaignId)
    .execute()
  // Chunks that were held for a time which has passed meanwhile start together with the new ones.
  if (!waiting) await releaseHeld(trx, campaignId)
  return { queued, status }
}

/** Race 7: two calls at once, and the scheduler starting the campaign, wait for each other here. */
async function lockCampaign(trx: Kysely<AudienceTables>, campaignId: number) {
  const campaign = await trx
    .selectFrom('campaigns')
    .select(['status', 'base_template', sql<boolean>`coalesce(scheduled_at > now(), false)`.as('ahead')])
    // For this transaction: a plan that was made for any number of customers suits neither one nor 100,000.
    .select(sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning'))
    .where('id', '=', campaignId)
    .forUpdate()
    .executeTakeFirst()
  if (!campaign) throw new AppError('CAMPAIGN_NOT_FOUND', `Campaign with ID ${campaignId} not found`)
  if (campaign.status === 'sent' || campaign.status === 'failed' || campaign.status === 'cancelled')
    throw new AppError(
      'INVALID_CAMPAIGN_STATUS',
      `Cannot send campaign ${campaignId}: it is already "${campaign.status}". Create a new campaign to send again`,
    )
  const paused = campaign.status === 'paused'
  const waiting = paused || (campaign.status !== 'sending' && campaign.ahead)
  return { base_template: campaign.base_template, waiting, paused }
}

async function missingCustomers(trx: Kysely<AudienceTables>, customerIds: readonly number[]): Promise<AppError> {
  const missing = await trx
    .selectFrom(wanted(customerIds))
    .leftJoin('customers', 'customers.id', 'wanted.id')
    .select('wanted.id')
    .where('customers.id', 'is', null)
    .orderBy('wanted.id')
    .execute()
  const ids = missing.slice(0, MISSING_NAMED).map(({ id }) => id)
  const named = ids.slice(0, 5).join(', ') + (missing.length > 5 ? ', ...' : '')
  return new AppError('CUSTOMER_NOT_FOUND', `Customers not found: ${named}. Nothing was queued`, {
    missing_ids: ids,
    missing_count: missing.length,
  })
}

const wanted = (customerIds: readonly number[]) =>
  sql<{ id: number }>`unnest(${customerIds}::int[])`.as<'wanted'>(sql`wanted(id)`)

/**
 * One statement, so that each message is in exactly one chunk (race 8). Who has a message already is looked up instead of
 * left to ON CONFLICT, which costs half as much again for every row: nobody else adds any while the campaign is locked.
 * @param audience its customers in order, each once
 * @returns how many of them there are, and how many were new to the campaign
 */
async function insertMessages(
  trx: Kysely<AudienceTables>,
  { campaignId, customerIds, requestId = null }: Audience,
  state: 'held' | 'ready',
): Promise<{ known: number; queued: number }> {
  const first = sql<number>`${customerIds[0] ?? 0}::int`
  const last = sql<number>`${customerIds.at(-1) ?? 0}::int`
  return trx
    .with('known', (db) =>
      db
        .selectFrom(wanted(customerIds))
        .innerJoin('customers', 'customers.id', 'wanted.id')
        .select('wanted.id')
        // Ids that are near each other are the rule, and then only that part of the customers has to be read.
        .where('customers.id', '>=', first)
        .where('customers.id', '<=', last),
    )
    .with('queued', (db) =>
      db
        .insertInto('outbound_messages')
        .columns(['campaign_id', 'customer_id'])
        .expression((eb) =>
          eb
            .selectFrom('known')
            .select([sql<number>`${campaignId}::int`.as('campaign_id'), 'known.id'])
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('outbound_messages as m')
                    .select('m.id')
                    .where('m.campaign_id', '=', sql<number>`${campaignId}::int`)
                    .whereRef('m.customer_id', '=', 'known.id')
                    .where('m.customer_id', '>=', first)
                    .where('m.customer_id', '<=', last),
                ),
              ),
            )
            .orderBy('known.id'),
        )
        .returning('id'),
    )
    .with('numbered', (db) =>
      db
        .selectFrom('queued')
        .select(['id', sql<string>`(row_number() over (order by id) - 1) / ${sql.lit(CHUNK_SIZE)}`.as('nth')]),
    )
    .with('chunked', (db) =>
      db
        .insertInto('dispatch_chunks')
        .columns(['campaign_id', 'first_id', 'last_id', 'size', 'state', 'due_at', 'request_id'])
        .expression((eb) =>
          eb
            .selectFrom('numbered')
            .select((at) => [
              sql<number>`${campaignId}::int`.as('campaign_id'),
              at.fn.min('id').as('first_id'),
              at.fn.max('id').as('last_id'),
              sql<number>`count(*)::int`.as('size'),
              sql<'ready'>`${state}::chunk_state`.as('state'),
              sql<Date>`now()`.as('due_at'),
              sql<string | null>`${requestId}::text`.as('request_id'),
            ])
            .groupBy('nth')
            .orderBy('nth'),
        )
        .returning('size'),
    )
    .selectFrom('chunked')
    .select((eb) => [
      sql<number>`coalesce(sum(size), 0)::int`.as('queued'),
      eb.selectFrom('known').select(sql<number>`count(*)::int`.as('count')).$asScalar().$notNull().as('known'),
    ])
    .executeTakeFirstOrThrow()
}

/** Lets the chunks of a campaign that has begun be claimed. */
export async function releaseHeld(trx: Kysely<Pick<Database, 'dispatch_chunks'>>, campaignId: number): Promise<void> {
  await trx
    .updateTable('dispatch_chunks')
    .set({ state: 'ready', due_at: sql<Date>`now()` })
    .where('campaign_id', '=', campaignId)
    .where('state', '=', 'held')
    .execute()
}
