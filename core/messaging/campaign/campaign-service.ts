/** Service of whoever keeps campaigns: made, shown with their figures, changed and removed. */
import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { findAttributeTypes } from '../contacts/attribute-store.ts'
import type { AttributeTypes } from '../contacts/attributes.ts'
import type { Database } from '../schema.ts'
import {
  type CampaignChanges,
  type CampaignRow,
  deleteCampaign,
  getCampaign,
  insertCampaign,
  type NewCampaign,
  updateCampaign,
} from './campaigns.ts'
import { type CampaignViews, openCampaignViews } from './views.ts'

export type { CampaignChanges, CampaignRow } from './campaigns.ts'
export { type CampaignView, type CampaignViews, campaignOrders } from './views.ts'

export interface CampaignService {
  /** A draft; `scheduled` where its time lies ahead. @throws AppError INVALID_REQUEST */
  insert(campaign: NewCampaign): Promise<CampaignRow>
  /** @throws AppError CAMPAIGN_NOT_FOUND */
  get(id: number): Promise<CampaignRow>
  /** @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT, INVALID_REQUEST */
  update(id: number, changes: CampaignChanges): Promise<CampaignRow>
  /** With its recipients. @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT */
  delete(id: number): Promise<void>
  /** Prepares campaigns with their figures, and why they wait. */
  openViews(): CampaignViews
  /** Attributes that texts may name. */
  findAttributes(): Promise<AttributeTypes>
}

export function openCampaignService(db: Kysely<Database>, clock: Clock): CampaignService {
  return Object.freeze({
    insert: (campaign: NewCampaign) => insertCampaign(db, campaign),
    get: (id: number) => getCampaign(db, id),
    update: (id: number, changes: CampaignChanges) => updateCampaign(db, id, changes),
    delete: (id: number) => deleteCampaign(db, id),
    openViews: () => openCampaignViews(db, clock),
    findAttributes: () => findAttributeTypes(db),
  })
}
