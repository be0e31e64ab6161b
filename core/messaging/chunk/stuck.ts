/** Chunks that make no progress, and messages that ended as poisoned a moment ago (race 20): for /health and the live feed. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'

const POISONED: MessageCode = 'poisoned'

type StuckTables = Pick<Database, 'dispatch_chunks' | 'failures'>

/** Claims of a chunk after the last that moved it, from which it counts: twice, a process may have died by accident. */
const CLAIMS = 3

export interface Stuck {
  /** Open chunks that were claimed again and again without progress, and parts of such. */
  readonly chunks: number
  /** Messages that ended as poisoned within the last minutes: as long as failures are kept for the live feed. */
  readonly poisoned: number
  /** Ids of their campaigns, in order, each once. */
  readonly campaigns: readonly number[]
}

/** One row, as a query to build on. */
export function selectStuck(db: Kysely<StuckTables>) {
  const chunks = db
    .selectFrom('dispatch_chunks')
    .select(['campaign_id', sql<number>`1`.as('chunks'), sql<number>`0`.as('poisoned')])
    .where('state', '<>', sql.lit('done'))
    .where(sql<boolean>`epoch - progress_epoch >= ${sql.lit(CLAIMS)}`)
  const poisoned = db
    .selectFrom('failures')
    .select(['campaign_id', sql<number>`0`.as('chunks'), 'count as poisoned'])
    .where('code', '=', sql.lit(POISONED))
  return db
    .selectFrom(chunks.unionAll(poisoned).as('s'))
    .select([
      sql<number>`coalesce(sum(chunks), 0)::int`.as('chunks'),
      sql<number>`coalesce(sum(poisoned), 0)::int`.as('poisoned'),
      sql<number[]>`coalesce(array_agg(distinct campaign_id order by campaign_id), '{}')`.as('campaigns'),
    ])
}

export const findStuck = (db: Kysely<StuckTables>): Promise<Stuck> => selectStuck(db).executeTakeFirstOrThrow()
