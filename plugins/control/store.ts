/** Reads of the control routes. */

import type { Kysely } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { CampaignStatus } from '../../core/messaging/campaign/status.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import type { Database } from '../../core/messaging/schema.ts'

/** @throws AppError CAMPAIGN_NOT_FOUND */
export async function getStatus(db: Kysely<Pick<Database, 'campaigns'>>, id: number): Promise<CampaignStatus> {
  const found = await db.selectFrom('campaigns').select('status').where('id', '=', id).executeTakeFirst()
  if (!found) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
  return found.status
}
