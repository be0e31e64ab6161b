import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'

/** A real read: connecting alone does not show that tables can be read. */
export async function findAnyCampaign(db: Kysely<Pick<Database, 'campaigns'>>): Promise<void> {
  await db.selectFrom('campaigns').select('id').limit(1).execute()
}
