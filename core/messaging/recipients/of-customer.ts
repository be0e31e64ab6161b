/**
 * Messages to one customer, newest campaign first. Found campaign by campaign through the unique index
 * (campaign_id, customer_id): an index on the customer alone would have to be written for every message that is queued.
 */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import type { RecipientStatus } from './statuses.ts'

type Db = Kysely<Pick<Database, 'campaigns' | 'customers' | 'dispatch_chunks' | 'outbound_messages'>>

/** Campaigns that are looked at for one answer. */
export const CAMPAIGNS_LOOKED_AT = 2000

/**
 * @returns at most `limit` messages, and the campaign before which the next page begins; null when that was all
 * @throws AppError CUSTOMER_NOT_FOUND
 */
export async function readCustomerMessages(db: Db, range: Range) {
  const { customerId, before, limit } = range
  const known = await db.selectFrom('customers').select('id').where('id', '=', customerId).executeTakeFirst()
  if (!known) throw new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${customerId} not found`)
  const [rows, bound] = await Promise.all([
    selectMessages(db, { ...range, limit: limit + 1 }).execute(),
    findBound(db, before),
  ])
  const page = rows.slice(0, limit)
  const next = rows.length > limit ? page.at(-1)?.campaign_id : bound
  return { rows: page, next: next ?? null }
}

export type CustomerMessageRow = Awaited<ReturnType<typeof readCustomerMessages>>['rows'][number]

export interface Range {
  readonly customerId: number
  /** Campaigns with smaller ids are looked at. */
  readonly before: number
  readonly limit: number
}

function selectMessages(db: Db, { customerId, before, limit }: Range) {
  return (
    db
      .selectFrom((eb) => campaignsBefore(eb as unknown as Db, before).as('k'))
      // Its limit keeps it a look-up for each campaign: as a plain join the whole table of messages might be read.
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('outbound_messages')
            .selectAll()
            .whereRef('campaign_id', '=', 'k.id')
            .where('customer_id', '=', customerId)
            .limit(1)
            .as('m'),
        (join) => join.onTrue(),
      )
      .select(['k.id as campaign_id', 'k.name', 'k.channel', 'k.status as campaign_status'])
      .select(['m.attempts', 'm.provider_message_id', 'm.last_error', 'm.history', 'm.rendered_content'])
      .select(['m.delivery', 'm.delivery_code', 'm.created_at', 'm.updated_at'])
      .select((eb) => reportedStatus(eb as unknown as Row).as('status'))
      .orderBy('k.id', 'desc')
      .limit(limit)
  )
}

const campaignsBefore = (db: Db, before: number) =>
  db
    .selectFrom('campaigns')
    .select(['id', 'name', 'channel', 'status'])
    .where('id', '<', sql<number>`${before}::bigint`)
    .orderBy('id', 'desc')
    .limit(CAMPAIGNS_LOOKED_AT)

/** The last campaign that is looked at; undefined when that are all. */
async function findBound(db: Db, before: number): Promise<number | undefined> {
  const rows = await db
    .selectFrom('campaigns')
    .select('id')
    .where('id', '<', sql<number>`${before}::bigint`)
    .orderBy('id', 'desc')
    .offset(CAMPAIGNS_LOOKED_AT - 1)
    .limit(2)
    .execute()
  return rows.length === 2 ? rows[0]?.id : undefined
}

type Row = ExpressionBuilder<Pick<Database, 'dispatch_chunks'> & { m: Database['outbound_messages'] }, 'm'>

/** Without an outcome, and in the started part of a leased chunk: `sending`, as in a campaign's recipients. */
function reportedStatus(eb: Row) {
  const started = eb
    .selectFrom('dispatch_chunks as c')
    .select('c.id')
    .whereRef('c.campaign_id', '=', 'm.campaign_id')
    .where('c.state', '=', sql.lit('leased'))
    .whereRef('c.turn', '=', 'm.turn')
    .where(sql<boolean>`m.id between c.first_id and least(c.last_id, c.started_upto)`)
    .where(sql<boolean>`(c.ids is null or m.id = any(c.ids))`)
  return eb
    .case()
    .when(eb.and([eb('m.status', '=', 'pending'), eb.exists(started)]))
    .then(sql<RecipientStatus>`'sending'`)
    .else(sql<RecipientStatus>`m.status::text`)
    .end()
}
