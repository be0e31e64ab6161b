/** Adds recipients to a campaign in as many calls as they need, and goes on after a reload of the page. */
import { isEditable } from '../../../../../core/messaging/campaign/status.ts'
import { ApiError, get, post } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { count } from '../../text/format.ts'
import { forgetSending, keepSending, keptSending, type Sending } from './kept-sending.ts'
import { dropWorkOf } from './kept-work.ts'

/** Largest number of ids per call. */
const STEP = 100_000

/** Leaving the page aborts its calls, which is not a failure. */
let leaving = false
addEventListener('pagehide', () => {
  leaving = true
})
addEventListener('pageshow', () => {
  leaving = false
})

/**
 * Until the last call is answered, this tab keeps those who are still to be added. A failure of the first call drops them:
 * the campaign is as it was, and only a person sends it again.
 * @returns the number of recipients that were new to the campaign
 */
export async function addRecipients(id: number, ids: readonly number[]): Promise<number> {
  let queued = 0
  for (let at = 0; at < ids.length; at += STEP) {
    const more = at + STEP < ids.length
    if (more || at > 0) keepSending({ id, ids: ids.slice(at) })
    try {
      const body = { customer_ids: ids.slice(at, at + STEP), more }
      queued += (await post<{ messages_queued: number }>(`/campaigns/${id}/send`, body)).messages_queued
    } catch (error) {
      if (error instanceof ApiError || (at === 0 && !leaving)) forgetSending()
      if (at > 0)
        notify(`${count(at)} of ${count(ids.length)} recipients added, ${count(ids.length - at)} still missing`)
      throw error
    }
    if (more) notify(`Recipients are still being added: ${count(at + STEP)} of ${count(ids.length)}`)
  }
  forgetSending()
  return queued
}

/**
 * Recipients that a reload of the page left to be added. The form that began it is not restored: it would send the campaign once more.
 */
export function takeOverSending(): Sending | undefined {
  const kept = keptSending()
  if (kept) dropWorkOf(kept.id)
  return kept
}

/** Adds the rest; a campaign whose audience was closed meanwhile is left as it is. */
export async function resumeSending({ id, ids }: Sending): Promise<void> {
  const { audience_open, status, stats } = await get<Campaign>(`/campaigns/${id}`)
  const unsent = stats.total === 0 && isEditable(status)
  if (!audience_open && !unsent) return forgetSending()
  await addRecipients(id, ids)
  notify('All recipients added')
}
