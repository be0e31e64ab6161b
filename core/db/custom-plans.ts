/** Statements that are planned for their values each time. */
import { type Kysely, sql, type Transaction } from 'kysely'

/**
 * Runs `work` in a transaction whose statements get plans of their own. After some runs PostgreSQL plans a prepared
 * statement once for whatever values come: what it then expects of a search suits a rare name and not a frequent one.
 */
export async function withCustomPlans<DB, R>(db: Kysely<DB>, work: (trx: Transaction<DB>) => Promise<R>): Promise<R> {
  return db.transaction().execute(async (trx) => {
    await trx.selectNoFrom(sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning')).execute()
    return work(trx)
  })
}
