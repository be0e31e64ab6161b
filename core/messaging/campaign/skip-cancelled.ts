/**
 * Skipping what a cancelled campaign has left. Race 10: of a chunk whose owner is gone, messages up to its watermark may have
 * been sent, as may those that wait for receipts: they are in doubt, and not skipped.
 */
import { type Kysely, sql } from 'kysely'
import { addReasons, reasonChange, type Unreached } from '../chunk/reasons.ts'
import type { Database } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'

type Tables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'>

interface Ending {
  readonly status: Unreached
  readonly code: MessageCode
}

const SKIPPED = { status: 'skipped', code: 'cancelled' } as const satisfies Ending
const UNREPORTED = { status: 'unknown', code: 'lease.lost' } as const satisfies Ending
const AWAITING = { status: 'unknown', code: 'receipt.missing' } as const satisfies Ending

/** Chunks that one step of skipping takes. */
const STEP = 20

/**
 * Ends what a cancelled campaign has left and nobody works on, a few chunks at a time.
 * @param id only this campaign
 * @returns whether more may be left
 */
export async function skipCancelled(db: Kysely<Tables>, id?: number): Promise<{ more: boolean }> {
  return db.transaction().execute(async (trx) => {
    const chunks = await trx
      .selectFrom('dispatch_chunks as c')
      .innerJoin('campaigns as k', 'k.id', 'c.campaign_id')
      .select(['c.id', 'c.campaign_id', 'c.turn', 'c.first_id', 'c.last_id', 'c.ids', 'c.awaiting', 'c.started_upto'])
      .where('k.status', '=', 'cancelled')
      .where('k.completed_at', 'is', null)
      .where('c.state', 'in', ['held', 'ready', 'published'])
      .$if(id !== undefined, (query) => query.where('k.id', '=', id ?? 0))
      .limit(STEP)
      .forUpdate('c')
      .skipLocked()
      .execute()
    for (const chunk of chunks) await endChunk(trx, chunk)
    return { more: chunks.length === STEP }
  })
}

type Left = Pick<Database['dispatch_chunks'], 'campaign_id' | 'first_id' | 'last_id' | 'ids'> & {
  readonly id: string
  readonly turn: number
  readonly awaiting: boolean
  readonly started_upto: string
}

async function endChunk(trx: Kysely<Tables>, chunk: Left): Promise<void> {
  const inDoubt = chunk.awaiting ? AWAITING : UNREPORTED
  const counts = [
    { ...inDoubt, count: await endMessages(trx, chunk, '<=', inDoubt) },
    { ...SKIPPED, count: await endMessages(trx, chunk, '>', SKIPPED) },
  ]
  for (const { status, code, count } of counts)
    await trx
      .updateTable('dispatch_chunks')
      .set((eb) => ({
        [status]: eb(status, '+', count),
        reasons: addReasons(eb.ref('reasons'), reasonChange(status, code, count)),
        state: 'done',
        in_flight: 0,
      }))
      .where('id', '=', chunk.id)
      .execute()
}

/** @param side of the chunk's watermark @returns how many messages there were */
async function endMessages(
  trx: Kysely<Tables>,
  chunk: Left,
  side: '<=' | '>',
  { status, code }: Ending,
): Promise<number> {
  if (side === '<=' && chunk.started_upto === '0') return 0
  const { numUpdatedRows } = await trx
    .updateTable('outbound_messages')
    .set((eb) => ({
      status,
      turn: eb('turn', '+', 1),
      last_error: code,
      updated_at: sql<Date>`clock_timestamp()`,
    }))
    .$if(chunk.ids !== null, (update) => update.where('id', '=', sql<string>`any(${chunk.ids}::bigint[])`))
    .$if(chunk.ids === null, (update) => update.where('id', '>=', chunk.first_id).where('id', '<=', chunk.last_id))
    .where('id', side, chunk.started_upto)
    // As where a chunk is read: `+ 0` keeps Postgres from reading the whole campaign.
    .where(sql<number>`campaign_id + 0`, '=', chunk.campaign_id)
    .where('status', '=', 'pending')
    .where('turn', '=', chunk.turn)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
