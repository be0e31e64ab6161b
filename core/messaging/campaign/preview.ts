/** Reads of a preview. It is requested while somebody types, so both statements are prepared. */

import type { Kysely } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Channel, Database } from '../schema.ts'

export interface PreviewedCampaign {
  readonly channel: Channel
  readonly base_template: string
}

export interface PreviewedCustomer {
  readonly id: number
  readonly first_name: string | null
  readonly last_name: string | null
  readonly phone: string
  readonly location: string | null
  readonly prefered_product: string | null
}

export interface PreviewStore {
  /** @throws AppError CAMPAIGN_NOT_FOUND */
  getCampaign(id: number): Promise<PreviewedCampaign>
  /** @throws AppError CUSTOMER_NOT_FOUND */
  getCustomer(id: number): Promise<PreviewedCustomer>
}

export function openPreviewStore(db: Kysely<Pick<Database, 'campaigns' | 'customers'>>): PreviewStore {
  const findCampaign = prepare<{ id: number }, PreviewedCampaign>(db, (param) =>
    db.selectFrom('campaigns').select(['channel', 'base_template']).where('id', '=', param('id')),
  )
  const findCustomer = prepare<{ id: number }, PreviewedCustomer>(db, (param) =>
    db
      .selectFrom('customers')
      .select(['id', 'first_name', 'last_name', 'phone', 'location', 'prefered_product'])
      .where('id', '=', param('id')),
  )
  return {
    getCampaign: async (id) => {
      const [row] = await findCampaign({ id })
      if (!row) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
      return row
    },
    getCustomer: async (id) => {
      const [row] = await findCustomer({ id })
      if (!row) throw new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${id} not found`)
      return row
    },
  }
}
