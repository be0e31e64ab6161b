/**
 * Results that a person takes back: failed messages that get fresh attempts, and unknown ones that somebody has looked
 * into. A message's outcome is counted in the chunk of the turn that ended it, so there the counters move.
 */
import { type Kysely, type QueryCreator, sql } from 'kysely'
import { foldAgain } from '../campaign/complete.ts'
import { lockFor } from '../campaign/control.ts'
import { isFinal } from '../campaign/status.ts'
import { CHUNK_SIZE } from '../enqueue/audience-insert.ts'
import type { Database, Reasons } from '../schema.ts'
import { addReasons, reasonKey, type Unreached } from './reasons.ts'

type ReopenTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'>

export interface Reopening {
  readonly campaignId: number
  readonly from: 'failed' | 'unknown'
  /** `pending`: attempts are counted anew, under the same idempotency key. */
  readonly to: 'pending' | 'sent' | 'failed'
  /** Only messages whose last error is one of these; undefined: all. */
  readonly codes?: readonly string[] | undefined
}

/**
 * Must run in a transaction.
 * @returns how many messages there were
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
 */
export async function reopen(trx: Kysely<ReopenTables>, reopening: Reopening): Promise<number> {
  const { campaignId, from, to } = reopening
  const status = await lockFor(trx, campaignId, from === 'failed' ? 'retryFailed' : 'resolveUnknown')
  const moved = await moveMessages(trx, reopening)
  if (moved === 0) return 0
  if (to !== 'pending') await foldAgain(trx, campaignId)
  else if (isFinal(status)) await beginAgain(trx, campaignId)
  return moved
}

/** The figures of a campaign that is not over are those of its chunks. */
async function beginAgain(trx: Kysely<ReopenTables>, id: number): Promise<void> {
  await trx
    .updateTable('campaigns')
    .set({ status: 'sending', completed_at: null, updated_at: sql<Date>`now()` })
    .set({ total: 0, sent: 0, failed: 0, skipped: 0, unknown: 0 })
    .where('id', '=', id)
    .execute()
}

/** The messages with the chunk that counts each: by range for a first chunk, by its list for a retry chunk. */
function selectMembers(db: QueryCreator<ReopenTables>, { campaignId, from, codes }: Reopening) {
  const members = db
    .selectFrom('dispatch_chunks as c')
    .innerJoin('outbound_messages as m', (join) => join.onTrue())
    .select(['c.id as chunk', 'm.id', 'm.turn', 'm.last_error'])
    .where('c.campaign_id', '=', campaignId)
    .where(`c.${from}`, '>', 0)
    .where('m.status', '=', from)
    .where('m.turn', '=', (eb) => eb('c.turn', '+', 1))
    .$if(codes !== undefined, (query) =>
      query.where('m.last_error', '=', sql<string>`any(${[...(codes ?? [])]}::text[])`),
    )
  const byRange = members
    .where('c.ids', 'is', null)
    .whereRef('m.id', '>=', 'c.first_id')
    .whereRef('m.id', '<=', 'c.last_id')
    .where(sql<number>`m.campaign_id + 0`, '=', campaignId)
  const byList = members.where('c.ids', 'is not', null).where('m.id', '=', sql<string>`any(c.ids)`)
  return byRange.unionAll(byList)
}

/** Steps of the statement that moves messages. */
interface Steps {
  /** The messages, with the chunk that counts each. */
  moved: { id: string; turn: number; chunk: string; last_error: string | null }
  /** Chunks, with how many of theirs have moved and by which the counts of their reasons change. */
  counted: { chunk: string; count: number; reasons: Reasons }
}

async function moveMessages(trx: Kysely<ReopenTables>, reopening: Reopening): Promise<number> {
  const { moved } = await trx
    .with('member', (cte) => selectMembers(cte, reopening))
    .with('moved', (cte) =>
      cte
        .updateTable('outbound_messages as m')
        .from('member as b')
        .set(changesOf(reopening))
        .whereRef('m.id', '=', 'b.id')
        .where('m.status', '=', reopening.from)
        .returning(['m.id', 'm.turn', 'b.chunk', 'b.last_error']),
    )
    .with('counted', (cte) => countByChunk(cte, reopening))
    .with('counter', (cte) => updateCounters(cte, reopening))
    .with('chunked', (cte) => insertChunks(cte, reopening))
    .selectFrom('moved')
    .select(sql<number>`count(*)::int`.as('moved'))
    .executeTakeFirstOrThrow()
  return moved
}

const changesOf = ({ to }: Reopening) => ({
  status: to,
  updated_at: sql<Date>`clock_timestamp()`,
  ...(to === 'pending' && { attempts: 0, provider_message_id: null }),
  ...(to === 'sent' && { last_error: null }),
})

function countByChunk(cte: QueryCreator<ReopenTables & Pick<Steps, 'moved'>>, { from, to }: Reopening) {
  return cte
    .selectFrom((eb) =>
      eb
        .selectFrom('moved')
        .select(['chunk', 'last_error', sql<number>`count(*)::int`.as('count')])
        .groupBy(['chunk', 'last_error'])
        .as('by_code'),
    )
    .select(['chunk', sql<number>`sum(count)::int`.as('count')])
    .select(sql<Reasons>`${sumByCode(from, -1)} || ${to === 'failed' ? sumByCode(to, 1) : sql`'{}'`}`.as('reasons'))
    .groupBy('chunk')
}

function updateCounters(cte: QueryCreator<ReopenTables & Pick<Steps, 'counted'>>, { from, to }: Reopening) {
  const counter = to === 'pending' ? 'retried' : to
  return cte
    .updateTable('dispatch_chunks as c')
    .from('counted as n')
    .set((eb) => ({
      reasons: addReasons(eb.ref('c.reasons'), eb.ref('n.reasons')),
      [from]: eb(`c.${from}`, '-', eb.ref('n.count')),
      [counter]: eb(`c.${counter}`, '+', eb.ref('n.count')),
    }))
    .whereRef('c.id', '=', 'n.chunk')
    .returning('c.id')
}

/** Messages that are pending again get chunks of their own, by the turn that they are at and the country of their chunk. */
function insertChunks(cte: QueryCreator<ReopenTables & Pick<Steps, 'moved'>>, { campaignId, to }: Reopening) {
  const nth = sql<string>`(row_number() over (partition by m.turn, c.country order by m.id) - 1) / ${sql.lit(CHUNK_SIZE)}`
  return cte
    .insertInto('dispatch_chunks')
    .columns(['campaign_id', 'turn', 'ids', 'first_id', 'last_id', 'size', 'state', 'due_at', 'country'])
    .expression((eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom('moved as m')
            .innerJoin('dispatch_chunks as c', 'c.id', 'm.chunk')
            .select(['m.id', 'm.turn', 'c.country', nth.as('nth')])
            .where(sql<boolean>`${to === 'pending'}::boolean`)
            .as('numbered'),
        )
        .select([
          sql<number>`${campaignId}::int`.as('campaign_id'),
          'turn',
          sql<string[]>`array_agg(id order by id)`.as('ids'),
          sql<string>`min(id)`.as('first_id'),
          sql<string>`max(id)`.as('last_id'),
          sql<number>`count(*)::int`.as('size'),
          waitingStateOf(campaignId).as('state'),
          sql<Date>`now()`.as('due_at'),
          'country',
        ])
        .groupBy(['turn', 'country', 'nth']),
    )
    .returning('id')
}

/** Counts by code, as a change of a chunk's reasons. */
const sumByCode = (status: Unreached, sign: 1 | -1) =>
  sql<Reasons>`jsonb_object_agg(${reasonKey(sql.lit(status), sql.ref('last_error'))}, ${sql.lit(sign)} * count)`

/** A campaign that was paused stays so; one that was over is set going in the same transaction. */
function waitingStateOf(campaignId: number) {
  const campaigns = sql.table('campaigns')
  return sql<'ready'>`(select case when k.status = 'paused' then 'held' else 'ready' end::chunk_state
    from ${campaigns} as k where k.id = ${campaignId})`
}
