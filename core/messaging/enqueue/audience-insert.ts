/** The statement that gives recipients of a campaign their messages, and these their chunks. */
import { type Expression, type Kysely, type QueryCreator, sql } from 'kysely'
import { type Param, prepare } from '../../db/prepare.ts'
import type { Database } from '../schema.ts'

/** Recipients a chunk carries: enough to make its own cost small, few enough to be done in seconds. */
export const CHUNK_SIZE = 500

export type AudienceTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'> & {
  readonly customers: Pick<Database['customers'], 'id'>
}

/** Customer ids as rows. */
export const idRows = (ids: Expression<readonly number[]>) =>
  sql<{ id: number }>`unnest(${ids}::int[])`.as<'asked'>(sql`asked(id)`)

interface InsertValues {
  readonly campaignId: number
  /** In order, each once. */
  readonly ids: readonly number[]
  /** The least and the greatest of `ids`. */
  readonly first: number
  readonly last: number
  readonly state: 'held' | 'ready'
  readonly requestId: string | null
}

/** Steps of the statement. */
interface Steps {
  /** Customers that there are. */
  known: { id: number }
  /** Messages that are new to the campaign. */
  queued: { id: string }
}

/**
 * One statement, so that each message is in exactly one chunk (race 8). It answers how many of the customers there are, and
 * how many were new to the campaign.
 */
export function prepareInsert(db: Kysely<AudienceTables>) {
  return prepare<InsertValues, { known: number; queued: number }>(db, (param) =>
    db
      .with('known', (cte) => selectKnown(cte, param))
      .with('queued', (cte) => insertMessages(cte, param))
      .with('chunked', (cte) => insertChunks(cte, param))
      .selectFrom('chunked')
      .select((eb) => [
        sql<number>`coalesce(sum(size), 0)::int`.as('queued'),
        eb.selectFrom('known').select(sql<number>`count(*)::int`.as('count')).$asScalar().$notNull().as('known'),
      ]),
  )
}

const campaignIn = (param: Param<InsertValues>) => sql<number>`${param('campaignId')}::int`
const firstIn = (param: Param<InsertValues>) => sql<number>`${param('first')}::int`
const lastIn = (param: Param<InsertValues>) => sql<number>`${param('last')}::int`

function selectKnown(cte: QueryCreator<AudienceTables>, param: Param<InsertValues>) {
  return (
    cte
      .selectFrom(idRows(param('ids')))
      .innerJoin('customers', 'customers.id', 'asked.id')
      .select('asked.id')
      // Ids that are near each other are the rule, and then only that part of the customers has to be read.
      .where('customers.id', '>=', firstIn(param))
      .where('customers.id', '<=', lastIn(param))
  )
}

/**
 * Messages for those who have none. They are looked up instead of left to ON CONFLICT, which costs half as much again for
 * every row: nobody else adds any while the campaign is locked.
 */
function insertMessages(cte: QueryCreator<AudienceTables & Pick<Steps, 'known'>>, param: Param<InsertValues>) {
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
        .orderBy('known.id'),
    )
    .returning('id')
}

function insertChunks(cte: QueryCreator<AudienceTables & Pick<Steps, 'queued'>>, param: Param<InsertValues>) {
  const nth = sql<string>`(row_number() over (order by id) - 1) / ${sql.lit(CHUNK_SIZE)}`
  return cte
    .insertInto('dispatch_chunks')
    .columns(['campaign_id', 'first_id', 'last_id', 'size', 'state', 'due_at', 'request_id'])
    .expression((eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom('queued')
            .select(['id', nth.as('nth')])
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
        ])
        .groupBy('nth')
        .orderBy('nth'),
    )
    .returning('size')
}
