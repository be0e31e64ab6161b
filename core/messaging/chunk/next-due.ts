/** Time until the next chunk is due. */
import { type Kysely, sql } from 'kysely'
import { withCustomPlans } from '../../db/custom-plans.ts'
import { prepare } from '../../db/prepare.ts'
import type { Database } from '../schema.ts'
import { canCarry, maySend } from '../senders/route.ts'

/**
 * The statement is planned for each run: PostgreSQL keeps the plan of a statement without parameters, and one that was made
 * for empty tables reads all chunks for each of thousands of campaigns.
 * @returns a function that reads the milliseconds until a ready chunk is due: from 1, where one is due already, to `atMost`
 */
export function openNextDue(
  db: Kysely<Pick<Database, 'campaigns' | 'dispatch_chunks'>>,
): (atMost: number) => Promise<number> {
  const find = prepare<{ atMost: number }, { ms: number }>(db, (param) =>
    db
      .selectFrom('campaigns as k')
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('dispatch_chunks')
            .select((inner) => inner.fn.min('due_at').as('due_at'))
            .whereRef('campaign_id', '=', 'k.id')
            .where('state', '=', sql.lit('ready'))
            .where(canCarry('k', 'dispatch_chunks'))
            .as('next'),
        (join) => join.onTrue(),
      )
      .select(
        sql<number>`least(${param('atMost')}::float8, extract(epoch from min(next.due_at) - now()) * 1000)::float8`.as(
          'ms',
        ),
      )
      .where('k.status', '=', sql.lit('sending'))
      .where(maySend('k')),
  )
  return async (atMost) => {
    const [next] = await withCustomPlans(db, (trx) => find({ atMost }, trx))
    return Math.max(1, Math.ceil(next?.ms ?? atMost))
  }
}
