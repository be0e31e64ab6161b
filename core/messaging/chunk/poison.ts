/**
 * Poison chunks (race 20): chunks that are claimed again and again and never move, because a message in them throws or kills
 * the process. Such a chunk is split; each half is claimed by itself, until a single message is left, which ends as poisoned.
 *
 * The halves are retry chunks of the next turn: a report of the old chunk by an earlier owner is judged as any other
 * late report, and counters, totals and doubt follow the same rules as everywhere.
 */
import { type Kysely, sql } from 'kysely'
import type { AttemptError, Database } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'
import { waitingState } from './chunk-state.ts'
import type { Lease } from './claim.ts'
import { addReasons, reasonChange } from './reasons.ts'

type PoisonTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'>

/** Claims in a row without progress after which a chunk is split. */
export const MOST_CLAIMS = 5

/** A half may be claimed once before it is split again; a single message as often as any chunk. */
const HALF_PROGRESS = 1 - MOST_CLAIMS

/** True for a chunk that is to be split instead of worked on. */
export const isPoison = ({ stalled }: Pick<Lease, 'stalled'>): boolean => stalled >= MOST_CLAIMS

export type Split =
  /** It was not ours any more; nothing was done. */
  | { readonly kind: 'lost' }
  /** Into chunks of so many messages; none where nothing was left. */
  | { readonly kind: 'split'; readonly sizes: readonly number[] }
  /** Its one message was ended: `unknown` where it may have been started before. */
  | { readonly kind: 'ended'; readonly messageId: string; readonly status: 'failed' | 'unknown' }

/** Splits a chunk that we hold, or ends its one message, in one transaction. */
export async function splitChunk(db: Kysely<PoisonTables>, lease: Lease): Promise<Split> {
  return db.transaction().execute(async (trx) => {
    // Same order as everywhere: messages, then chunks. None is changed unless the chunk is ours, which the lock then keeps.
    const ids = await listWaiting(trx, lease)
    const ours = await lockOurs(trx, lease)
    if (!ours) return { kind: 'lost' }
    if (ids.length === 1 && ids[0] !== undefined) return endMessage(trx, ours, ids[0])
    await handOn(trx, lease, ids)
    const middle = Math.ceil(ids.length / 2)
    const halves = [ids.slice(0, middle), ids.slice(middle)].filter((half) => half.length > 0)
    for (const half of halves) await insertHalf(trx, { ...lease, ...ours }, half)
    return { kind: 'split', sizes: halves.map((half) => half.length) }
  })
}

/** The ids alone: a message that cannot be read must not keep its chunk whole. */
async function listWaiting(trx: Kysely<PoisonTables>, { ids, turn, ...lease }: Lease): Promise<string[]> {
  const rows = await trx
    .selectFrom('outbound_messages')
    .select('id')
    .$if(ids !== null, (query) => query.where('id', '=', sql<string>`any(${ids}::bigint[])`))
    .$if(ids === null, (query) => query.where('id', '>=', lease.first_id).where('id', '<=', lease.last_id))
    // As where a chunk is read: `+ 0` keeps Postgres from reading the whole campaign.
    .where(sql<number>`campaign_id + 0`, '=', lease.campaign_id)
    .where('status', '=', 'pending')
    .where('turn', '=', turn)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(({ id }) => id)
}

type Ours = Pick<Lease, 'id' | 'started_upto'>

function lockOurs(trx: Kysely<PoisonTables>, { id, epoch }: Lease): Promise<Ours | undefined> {
  return trx
    .selectFrom('dispatch_chunks')
    .select(['id', 'started_upto'])
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', '=', 'leased')
    .forUpdate()
    .executeTakeFirst()
}

async function endMessage(trx: Kysely<PoisonTables>, chunk: Ours, messageId: string): Promise<Split> {
  const status = BigInt(messageId) <= BigInt(chunk.started_upto) ? 'unknown' : 'failed'
  const poisoned: MessageCode = 'poisoned'
  await trx
    .updateTable('outbound_messages')
    .set((eb) => ({
      status,
      turn: eb('turn', '+', 1),
      last_error: poisoned,
      history: sql<readonly AttemptError[]>`coalesce(history, '[]')
        || jsonb_build_object('code', ${poisoned}::text, 'at', to_jsonb(clock_timestamp()))`,
      updated_at: sql<Date>`clock_timestamp()`,
    }))
    .where('id', '=', messageId)
    .execute()
  await trx
    .updateTable('dispatch_chunks')
    .set((eb) => ({
      [status]: eb(status, '+', 1),
      reasons: addReasons(eb.ref('reasons'), reasonChange(status, poisoned, 1)),
      state: 'done',
      in_flight: 0,
    }))
    .where('id', '=', chunk.id)
    .execute()
  return { kind: 'ended', messageId, status }
}

/** It costs a turn, and no attempt. */
async function handOn(trx: Kysely<PoisonTables>, lease: Lease, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await trx
      .updateTable('outbound_messages')
      .set((eb) => ({ turn: eb('turn', '+', 1) }))
      .where('id', '=', sql<string>`any(${[...ids]}::bigint[])`)
      .execute()
  await trx
    .updateTable('dispatch_chunks')
    .set((eb) => ({ retried: eb('retried', '+', ids.length), state: 'done', in_flight: 0 }))
    .where('id', '=', lease.id)
    .execute()
}

async function insertHalf(trx: Kysely<PoisonTables>, lease: Lease, ids: readonly string[]): Promise<void> {
  const first = ids[0] ?? '0'
  const last = ids.at(-1) ?? first
  await trx
    .insertInto('dispatch_chunks')
    .values({
      campaign_id: lease.campaign_id,
      turn: lease.turn + 1,
      ids: [...ids],
      first_id: first,
      last_id: last,
      size: ids.length,
      state: waitingState(sql.val(lease.campaign_id)),
      due_at: sql<Date>`now()`,
      // Messages that may have been started stay in doubt.
      started_upto: BigInt(lease.started_upto) < BigInt(last) ? lease.started_upto : last,
      awaiting: lease.awaiting,
      progress_epoch: ids.length > 1 ? HALF_PROGRESS : 0,
      pinned: lease.pinned,
      country: lease.country,
      request_id: lease.request_id,
    })
    .execute()
}
