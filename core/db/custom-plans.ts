/** Statements that are planned for their values each time. */
import { type Kysely, sql, type Transaction } from 'kysely'

/**
 * Runs `work` in a transaction, that of `db` if it is one, whose statements get plans of their own. After some runs
 * PostgreSQL plans a prepared statement once for whatever values come: what it then expects of a search suits a rare name
 * and not a frequent one.
 */
export async function withCustomPlans<DB, R>(db: Kysely<DB>, work: (trx: Transaction<DB>) => Promise<R>): Promise<R> {
  const begin = async (trx: Transaction<DB>) => {
    await trx.selectNoFrom(sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning')).execute()
    return work(trx)
  }
  return db.isTransaction ? begin(db as Transaction<DB>) : db.transaction().execute(begin)
}
