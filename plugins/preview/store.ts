/** What a preview reads. */
import type { Kysely } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { AppError } from '../../core/errors.ts'

/** @throws AppError CAMPAIGN_NOT_FOUND */
export async function getCampaign(db: Kysely<Pick<Database, 'campaigns'>>, campaignId: number) {
  const found = await db
    .selectFrom('campaigns')
    .select(['channel', 'base_template'])
    .where('id', '=', campaignId)
    .executeTakeFirst()
  if (!found) throw new AppError('CAMPAIGN_NOT_FOUND', `Campaign with ID ${campaignId} not found`)
  return found
}

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function getCustomer(db: Kysely<Pick<Database, 'customers'>>, id: number) {
  const found = await db
    .selectFrom('customers')
    .select(['id', 'first_name', 'last_name', 'phone', 'location', 'prefered_product'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw new AppError('CUSTOMER_NOT_FOUND', `Customer with ID ${id} not found`)
  return found
}
