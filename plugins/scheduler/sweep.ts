/** What a process left behind when it died: leases, campaigns that are over, its line in the list of processes. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { completeCampaigns } from '../../core/dispatch/complete.ts'
import { expireLeases } from '../../core/dispatch/lease.ts'

/** A process that was not seen for so long has died without taking its leave. */
const FORGET_AFTER = sql<Date>`now() - interval '1 minute'`

export interface Swept {
  readonly expired: number
  readonly completed: number
}

export async function sweep(db: Kysely<Pick<Database, 'campaigns' | 'dispatch_chunks' | 'processes'>>): Promise<Swept> {
  const expired = await expireLeases(db)
  const completed = await completeCampaigns(db)
  await db.deleteFrom('processes').where('seen_at', '<', FORGET_AFTER).execute()
  return { expired, completed }
}
