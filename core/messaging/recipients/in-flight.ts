/**
 * Messages in flight. A message is written only when its outcome is known; that it is under way follows from its
 * chunk's lease: it lies in a leased chunk, not above the watermark, and still at the chunk's turn.
 */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'

/** The part of a leased chunk that was started. */
export interface InFlight {
  readonly turn: number
  readonly first_id: string
  readonly upto: string
  /** A retry chunk's messages; null: all from `first_id` on. */
  readonly ids: readonly string[] | null
}

/** Chunks that are looked at; workers hold a few dozen. */
const MAX_CHUNKS = 500

export function listInFlight(db: Kysely<Pick<Database, 'dispatch_chunks'>>, campaignId: number): Promise<InFlight[]> {
  return db
    .selectFrom('dispatch_chunks')
    .select(['turn', 'first_id', 'ids', sql<string>`least(last_id, started_upto)`.as('upto')])
    .where('campaign_id', '=', campaignId)
    .where('state', '=', sql.lit('leased'))
    .whereRef('started_upto', '>=', 'first_id')
    .limit(MAX_CHUNKS)
    .execute()
}

/** For messages without an outcome. */
export function isInFlight(
  eb: ExpressionBuilder<{ m: Pick<Database['outbound_messages'], 'id' | 'turn'> }, 'm'>,
  chunks: readonly InFlight[],
) {
  return eb.or(
    chunks.map(({ turn, first_id, upto, ids }) =>
      eb.and([
        eb('m.turn', '=', turn),
        eb('m.id', '>=', first_id),
        eb('m.id', '<=', upto),
        ...(ids ? [eb('m.id', '=', sql<string>`any(${[...ids]}::bigint[])`)] : []),
      ]),
    ),
  )
}
