/** Reads the recipients of a campaign, by keyset over the unique index (campaign_id, customer_id). */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { MAX_ID } from '../../http/fields.ts'
import type { Database } from '../schema.ts'
import { type InFlight, isInFlight, listInFlight } from './in-flight.ts'
import { findCandidates, isFor, type RecipientSearch } from './search.ts'
import type { DeliveryFilter, RecipientStatus } from './statuses.ts'

export type RecipientTables = Pick<Database, 'outbound_messages' | 'dispatch_chunks'> & {
  readonly customers: Database['customers']
}
type Db = Kysely<RecipientTables>

/**
 * Recipients that one filtered page looks at: a rare recipient among a million takes several quick answers and not a slow
 * one.
 */
export const LOOKED_AT = 25_000

export interface RecipientFilter {
  readonly campaignId: number
  /** The customer id that the page before ended with. */
  readonly after: number
  readonly status?: RecipientStatus | undefined
  readonly delivery?: DeliveryFilter | undefined
  readonly search?: RecipientSearch | undefined
  readonly limit: number
}

/** @returns at most `limit` rows, and the customer id after which the next page begins; null when there is none */
export async function readRecipients(db: Db, filter: RecipientFilter) {
  const { campaignId, after, limit, search, status, delivery } = filter
  const candidates = search && (await findCandidates(db, search))
  const filtered = status !== undefined || delivery !== undefined || search !== undefined
  const upto = filtered && !candidates ? await findBound(db, campaignId, after) : undefined
  // One more than asked for tells whether there is a next page.
  const range = { ...filter, candidates, upto: upto ?? MAX_ID, limit: limit + 1 }
  const rows = await selectRows(db, range, await listInFlight(db, campaignId)).execute()
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? page.at(-1)?.customer_id : upto
  return { rows: page, next: next ?? null }
}

export type RecipientRow = Awaited<ReturnType<typeof readRecipients>>['rows'][number]

/**
 * Finds the last customer id that the page looks at; undefined when no recipients follow it. The range has no upper end:
 * without statistics PostgreSQL expects a third of the table there and uses the index, while for a range with two ends it
 * expects a few rows and sorts a million.
 */
async function findBound(db: Db, campaignId: number, after: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('outbound_messages as m')
    .select(['m.campaign_id', 'm.customer_id'])
    .where(({ eb, refTuple, tuple }) => eb(refTuple('m.campaign_id', 'm.customer_id'), '>', tuple(campaignId, after)))
    .orderBy('m.campaign_id')
    .orderBy('m.customer_id')
    .offset(LOOKED_AT - 1)
    .limit(1)
    .executeTakeFirst()
  return row?.campaign_id === campaignId ? row.customer_id : undefined
}

interface Range extends RecipientFilter {
  readonly upto: number
  /** Customers among whom all matching recipients are; undefined: too many to name. */
  readonly candidates: readonly number[] | undefined
}

function selectRows(db: Db, range: Range, inFlight: readonly InFlight[]) {
  return db
    .selectFrom(selectMessages(db, range, inFlight).as('p'))
    .leftJoin('customers as c', 'c.id', 'p.customer_id')
    .selectAll('p')
    .select(['c.id as found_id', 'c.first_name', 'c.last_name', 'c.phone'])
    .orderBy('p.customer_id')
}

/** One page, before customers are looked up: joined first, they would be read from the first one on. */
function selectMessages(db: Db, range: Range, inFlight: readonly InFlight[]) {
  const { campaignId, after, upto, status, delivery, search, candidates, limit } = range
  return db
    .selectFrom('outbound_messages as m')
    .select([
      'm.customer_id',
      'm.attempts',
      'm.provider_message_id',
      'm.last_error',
      'm.history',
      'm.rendered_content',
      'm.delivery',
      'm.delivery_code',
      'm.created_at',
      'm.updated_at',
    ])
    .select((eb) => reportedStatus(eb, inFlight).as('status'))
    .$if(candidates === undefined, (select) => select.where((eb) => isWithin(eb, campaignId, after, upto)))
    .$if(candidates !== undefined, (select) =>
      select
        .where('m.campaign_id', '=', campaignId)
        .where('m.customer_id', '=', sql<number>`any(${[...(candidates ?? [])]}::int[])`)
        .where('m.customer_id', '>', after),
    )
    .$if(search !== undefined && candidates === undefined, (select) =>
      select.where((eb) => (search ? isFor(eb, search) : eb.lit(true))),
    )
    .$if(status !== undefined, (select) => select.where((eb) => hasStatus(eb, status ?? 'pending', inFlight)))
    .$if(delivery !== undefined, (select) => select.where((eb) => hasDelivery(eb, delivery ?? 'awaiting')))
    .orderBy('m.campaign_id')
    .orderBy('m.customer_id')
    .limit(limit)
}

type Row = ExpressionBuilder<{ m: Database['outbound_messages'] }, 'm'>

/**
 * The campaign is a range of the index and not an equality: without statistics, as on a new or an embedded database,
 * Postgres takes a campaign for a few rows, and would read and sort all of it for each page.
 */
function isWithin({ eb, refTuple, tuple }: Row, campaignId: number, after: number, upto: number) {
  const place = refTuple('m.campaign_id', 'm.customer_id')
  return eb.and([eb(place, '>', tuple(campaignId, after)), eb(place, '<=', tuple(campaignId, upto))])
}

function reportedStatus(eb: Row, inFlight: readonly InFlight[]) {
  return eb
    .case()
    .when(hasStatus(eb, 'sending', inFlight))
    .then(sql<RecipientStatus>`'sending'`)
    .else(sql<RecipientStatus>`m.status::text`)
    .end()
}

function hasStatus(eb: Row, status: RecipientStatus, inFlight: readonly InFlight[]) {
  if (status === 'sending') return eb.and([eb('m.status', '=', 'pending'), isInFlight(eb, inFlight)])
  if (status === 'pending') return eb.and([eb('m.status', '=', 'pending'), eb.not(isInFlight(eb, inFlight))])
  return eb('m.status', '=', status)
}

function hasDelivery(eb: Row, delivery: DeliveryFilter) {
  if (delivery === 'delivered') return eb('m.delivery', 'in', ['delivered', 'read'])
  if (delivery !== 'awaiting') return eb('m.delivery', '=', delivery)
  const isOpen = eb.or([eb('m.delivery', 'is', null), eb('m.delivery', '=', 'submitted')])
  return eb.and([eb('m.status', '=', 'sent'), isOpen])
}
