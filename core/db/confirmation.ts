/**
 * Check that the database confirms commits. With `synchronous_standby_names` set and the standby gone, every commit waits
 * without an error until the standby is back, while reads go on.
 */
import { Outage } from '../errors.ts'

/** A standby confirms within milliseconds: a commit that waits for seconds waits for one that is gone. */
const unconfirmed = `select exists (
  select from pg_stat_activity
  where datname = current_database() and usename = current_user and wait_event = 'SyncRep'
    and clock_timestamp() - query_start > interval '2 seconds'
) as waiting`

/**
 * @param ask runs a query on a connection that no waiting commit can have taken
 * @throws Outage while commits of this user wait for a standby
 */
export async function requireConfirmed(ask: (query: string) => Promise<readonly unknown[]>): Promise<void> {
  const [row] = await ask(unconfirmed)
  if ((row as { waiting?: boolean } | undefined)?.waiting === true)
    throw new Outage(
      'DATABASE_STANDBY_MISSING',
      'The database waits for a synchronous standby that does not answer: writes are confirmed once it is back',
    )
}
