/** What the control routes read. */
import { type Kysely, sql } from 'kysely'
import type { CampaignStatus, Database } from '../../core/db/schema.ts'
import { AppError } from '../../core/errors.ts'

/** @throws AppError CAMPAIGN_NOT_FOUND */
export async function getStatus(db: Kysely<Pick<Database, 'campaigns'>>, id: number): Promise<CampaignStatus> {
  const found = await db.selectFrom('campaigns').select('status').where('id', '=', id).executeTakeFirst()
  if (!found) throw new AppError('CAMPAIGN_NOT_FOUND', `Campaign with ID ${id} not found`)
  return found.status
}

/** Why recipients have not got their message, the most frequent reason first. Reads the campaign's messages once. */
export function listFailures(db: Kysely<Pick<Database, 'outbound_messages'>>, id: number) {
  return db
    .selectFrom('outbound_messages')
    .select(['status', sql<string>`coalesce(last_error, 'none')`.as('code')])
    .select(sql<number>`count(*)::int`.as('count'))
    .where('campaign_id', '=', id)
    .where('status', 'in', ['failed', 'skipped', 'unknown'])
    .groupBy(['status', 'last_error'])
    .orderBy('count', 'desc')
    .orderBy('status')
    .orderBy('code')
    .limit(100)
    .execute()
}
