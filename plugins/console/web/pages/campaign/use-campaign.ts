import { useEffect, useRef } from 'react'
import { get } from '../../api/client.ts'
import type { Campaign, UnderWay } from '../../api/types.ts'
import { useLive } from '../../hooks/use-live.ts'
import { useQuery } from '../../hooks/use-query.ts'

export interface LiveCampaign extends Campaign, Partial<Pick<UnderWay, 'rate' | 'eta_seconds'>> {
  /** True if the figures may be old. */
  readonly stale: boolean
}

const pickLive = ({ status, stats, waiting, rate, eta_seconds }: UnderWay) => ({
  status,
  stats,
  waiting,
  rate,
  eta_seconds,
})

const REFRESH_MS = 5000

/** The campaign as it was loaded, with the newest figures while it is under way. */
export function useCampaign(id: number) {
  const { data, error, loading, reload } = useQuery(
    `campaign ${id}`,
    (signal) => get<Campaign>(`/campaigns/${id}`, signal),
    REFRESH_MS,
  )
  const { snapshot, stale } = useLive()
  const live = snapshot?.campaigns.find((one) => one.id === id)
  // A campaign that leaves the stream is loaded once more: it is over, or nobody sends it.
  const seen = useRef(live?.status)
  useEffect(() => {
    if (seen.current !== live?.status) reload()
    seen.current = live?.status
  }, [live?.status, reload])
  const fresh = live && !stale ? pickLive(live) : {}
  const campaign: LiveCampaign | undefined = data && { ...data, ...fresh, stale }
  return { campaign, error, loading, reload }
}
