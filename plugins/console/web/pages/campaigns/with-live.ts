/** The loaded list with the newest figures of active campaigns. Pure. */
import type { Campaign, Snapshot, UnderWay } from '../../api/types.ts'

export type LiveCampaign = Campaign & Partial<Pick<UnderWay, 'rate' | 'eta_seconds'>>

export function withLive(campaigns: readonly Campaign[], snapshot: Snapshot | undefined): readonly LiveCampaign[] {
  const underWay = new Map(snapshot?.campaigns.map((one) => [one.id, one]))
  return campaigns.map((campaign) => {
    const live = underWay.get(campaign.id)
    return live
      ? {
          ...campaign,
          status: live.status,
          stats: live.stats,
          waiting: live.waiting,
          rate: live.rate,
          eta_seconds: live.eta_seconds,
        }
      : campaign
  })
}
