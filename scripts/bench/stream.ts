/** A campaign that is being sent for as long as somebody measures. */
import { openApi } from '../support/api.ts'
import { createCampaign, idsFrom, sendAll } from './campaign.ts'
import { FAR } from './send.ts'

interface Shown {
  readonly status: string
  readonly stats: { readonly pending: number }
}

export interface Stream {
  /** Sees to it that a campaign is being sent that has so many recipients left. @returns its id */
  ensure(pending: number): Promise<number>
  /** True while the campaign is being sent. */
  flows(): Promise<boolean>
}

/** @param url of an API process that is not the one that is measured */
export function openStream(url: string, recipients: number): Stream {
  const api = openApi(url)
  let id: number | undefined
  const show = async () => (id === undefined ? undefined : api.get<Shown>(`/campaigns/${id}`))
  return {
    flows: async () => (await show())?.status === 'sending',
    ensure: async (pending) => {
      const now = await show()
      if (id !== undefined && now?.status === 'sending' && now.stats.pending >= pending) return id
      const next = await createCampaign(url, FAR)
      await sendAll(url, next, idsFrom(1, recipients))
      // Its time is taken away, and the next call to /send starts it whole.
      await api.patch(`/campaigns/${next}`, { scheduled_at: null })
      await sendAll(url, next, [1])
      id = next
      return next
    },
  }
}
