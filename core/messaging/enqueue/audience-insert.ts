/** The statement that gives recipients of a campaign their messages, and these their chunks. */
import { type Expression, type Kysely, type QueryCreator, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { type Param, prepare } from '../../db/prepare.ts'
import type { Database } from '../schema.ts'
import type { CustomerIds } from '../segments/audience.ts'
import type { SegmentTables } from '../segments/segments.ts'

/** Recipients a chunk carries: enough to make its own cost small, few enough to be done in seconds. */
export const CHUNK_SIZE = 500

export type AudienceTables = SegmentTables &
  Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'country_routes' | 'customers'> &
  Pick<Database, 'selections' | 'selection_segments'>

/** Customer ids as rows. */
export const idRows = (ids: Expression<readonly number[]>) =>
  sql<{ id: number }>`unnest(${ids}::int[])`.as<'asked'>(sql`asked(id)`)

interface Target {
  readonly campaignId: number
  /** The least and the greatest of the customers' ids. */
  readonly first: number
  readonly last: number
  readonly state: 'held' | 'ready'
  readonly requestId: string | null
}

interface InsertValues extends Target {
  /** In order, each once. */
  readonly ids: readonly number[]
}

/** Rules of `phoneRules`, side by side, for a route whose countries have senders of their own. */
interface CountryValues {
  readonly prefixes: readonly string[]
  readonly patterns: readonly (string | null)[]
  readonly countries: readonly (string | null)[]
}

/** Steps of the statement. */
interface Steps {
  /** Customers that there are. */
  known: { id: number; country: string | null }
  /** Messages that are new to the campaign. */
  queued: { id: string; customer_id: number }
}

/** Prepares the statement that queues recipients by the route of their channel alone: no phone is looked at. */
export function prepareInsert(db: Kysely<AudienceTables>) {
  return prepare<InsertValues, Inserted>(db, (param) =>
    insert(db, param, { ...undivided, known: (cte) => selectAsked(cte, param, noCountry) }),
  )
}

/** The same where countries have senders of their own: the messages of a chunk go to one country, or to none of these. */
export function prepareInsertByCountry(db: Kysely<AudienceTables>) {
  return prepare<InsertValues & CountryValues, Inserted>(db, (param) =>
    insert(db, param, { ...byCountry, known: (cte) => selectAsked(cte, param, countryIn(param)) }),
  )
}

export interface Selected extends Target {
  /** The customers, whose ids are from `first` to `last`. */
  readonly customers: CustomerIds
  /** Undefined where no country has senders of its own. */
  readonly rules: CountryValues | undefined
}

/** Queues the customers of a subquery; `last` is the greatest id of those that it answered. */
export async function insertSelected(
  trx: Kysely<AudienceTables>,
  { customers, rules, ...target }: Selected,
): Promise<Inserted & { readonly last: number }> {
  const param: Param<Target> = (name) => sql`${target[name]}`
  const country = rules ? countryIn((name) => sql`${rules[name]}`) : noCountry
  const known = () => customers.select(country.as('country')) as unknown as KnownRows
  return insert(trx, param, { ...(rules ? byCountry : undivided), known })
    .select((eb) =>
      eb.selectFrom('known').select(sql<number>`coalesce(max(id), 0)`.as('last')).$asScalar().$notNull().as('last'),
    )
    .executeTakeFirstOrThrow()
}

interface Inserted {
  /** Customers that there are. */
  readonly known: number
  /** Customers that were new to the campaign. */
  readonly queued: number
}

/** The parts in which the statements differ. */
interface Division {
  /** Order in which messages get their ids. */
  readonly order: RawBuilder<unknown>
  /** Columns of a message that its chunk is chosen by. */
  readonly needed: readonly (keyof Steps['queued'])[]
  /** The messages that were queued, each with the country by which its chunk is chosen. */
  readonly placed: RawBuilder<{ id: string; country: string | null }>
  /** Number of a message's chunk, among those of its country. */
  readonly nth: RawBuilder<string>
}

const undivided: Division = {
  order: sql`known.id`,
  needed: ['id'],
  placed: sql`(select id, null::text as country from queued)`,
  nth: nthOf(sql`order by id`),
}

const byCountry: Division = {
  // A chunk is a range of ids, which are given in this order.
  order: sql`known.country, known.id`,
  needed: ['id', 'customer_id'],
  placed: sql`(select q.id, k.country from queued as q join known as k on k.id = q.customer_id)`,
  nth: nthOf(sql`partition by country order by id`),
}

type KnownRows = SelectQueryBuilder<AudienceTables, never, Steps['known']>

interface Parts extends Division {
  readonly known: (cte: QueryCreator<AudienceTables>) => KnownRows
}

const noCountry = sql<string | null>`null::text`

/** Country of a customer's phone, if it is one of those that have senders of their own. */
const countryIn = (param: Param<CountryValues>) => sql<string | null>`(select r.country
  from unnest(${param('prefixes')}::text[], ${param('patterns')}::text[], ${param('countries')}::text[])
    with ordinality as r(prefix, pattern, country, nth)
  where starts_with(customers.phone, r.prefix) and (r.pattern is null or customers.phone ~ r.pattern)
  order by r.nth limit 1)`

function nthOf(over: RawBuilder<unknown>) {
  return sql<string>`(row_number() over (${over}) - 1) / ${sql.lit(CHUNK_SIZE)}`
}

/** One statement, so that each message is in exactly one chunk (race 8). */
function insert(db: Kysely<AudienceTables>, param: Param<Target>, { known, ...division }: Parts) {
  return db
    .with('known', known)
    .with('queued', (cte) => insertMessages(cte, param, division))
    .with('chunked', (cte) => insertChunks(cte, param, division))
    .selectFrom('chunked')
    .select((eb) => [
      sql<number>`coalesce(sum(size), 0)::int`.as('queued'),
      eb.selectFrom('known').select(sql<number>`count(*)::int`.as('count')).$asScalar().$notNull().as('known'),
    ])
}

const campaignIn = (param: Param<Target>) => sql<number>`${param('campaignId')}::int`
const firstIn = (param: Param<Target>) => sql<number>`${param('first')}::int`
const lastIn = (param: Param<Target>) => sql<number>`${param('last')}::int`

function selectAsked(
  cte: QueryCreator<AudienceTables>,
  param: Param<InsertValues>,
  country: RawBuilder<string | null>,
): KnownRows {
  return (
    cte
      .selectFrom(idRows(param('ids')))
      .innerJoin('customers', 'customers.id', 'asked.id')
      .select(['asked.id', country.as('country')])
      // Ids that are near each other are the rule, and then only that part of the customers has to be read.
      .where('customers.id', '>=', firstIn(param))
      .where('customers.id', '<=', lastIn(param)) as unknown as KnownRows
  )
}

type Known = QueryCreator<AudienceTables & Pick<Steps, 'known'>>

/**
 * Messages for those who have none. They are looked up instead of left to ON CONFLICT, which costs half as much again for
 * every row: nobody else adds any while the campaign is locked.
 */
function insertMessages(cte: Known, param: Param<Target>, { order, needed }: Division) {
  const campaign = campaignIn(param)
  return cte
    .insertInto('outbound_messages')
    .columns(['campaign_id', 'customer_id'])
    .expression((eb) =>
      eb
        .selectFrom('known')
        .select([campaign.as('campaign_id'), 'known.id'])
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('outbound_messages as m')
                .select('m.id')
                .where('m.campaign_id', '=', campaign)
                .whereRef('m.customer_id', '=', 'known.id')
                .where('m.customer_id', '>=', firstIn(param))
                .where('m.customer_id', '<=', lastIn(param)),
            ),
          ),
        )
        .orderBy(order),
    )
    .returning(needed)
}

function insertChunks(cte: QueryCreator<AudienceTables>, param: Param<Target>, { placed, nth }: Division) {
  return cte
    .insertInto('dispatch_chunks')
    .columns(['campaign_id', 'first_id', 'last_id', 'size', 'state', 'due_at', 'request_id', 'country'])
    .expression((eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom(placed.as<'placed'>(sql`placed`))
            .select(['id', 'country', nth.as('nth')])
            .as('numbered'),
        )
        .select((at) => [
          campaignIn(param).as('campaign_id'),
          at.fn.min('id').as('first_id'),
          at.fn.max('id').as('last_id'),
          sql<number>`count(*)::int`.as('size'),
          sql<'ready'>`${param('state')}::chunk_state`.as('state'),
          sql<Date>`now()`.as('due_at'),
          sql<string | null>`${param('requestId')}::text`.as('request_id'),
          'country',
        ])
        .groupBy(['country', 'nth'])
        // Chunks of several countries take turns, as far as they are claimed in this order.
        .orderBy('nth'),
    )
    .returning('size')
}
