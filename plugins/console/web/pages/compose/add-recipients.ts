/** Adds recipients to a campaign in as many calls as they need, and goes on after a reload of the page. */
import { get, post } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { count } from '../../text/format.ts'
import { forgetSending, keepSending, keptSending } from './kept-sending.ts'

/** As many as one call takes. */
const STEP = 100_000

/** @returns how many were new to the campaign */
export async function addRecipients(id: number, ids: readonly number[], step = STEP): Promise<number> {
  let queued = 0
  for (let at = 0; at < ids.length; at += step) {
    const more = at + step < ids.length
    if (more || at > 0) keepSending({ id, ids: ids.slice(at) })
    const customer_ids = ids.slice(at, at + step)
    const answer = await post<{ messages_queued: number }>(`/campaigns/${id}/send`, { customer_ids, more })
    queued += answer.messages_queued
    if (more) notify(`Recipients are still being added: ${count(at + step)} of ${count(ids.length)}`)
  }
  forgetSending()
  return queued
}

/**
 * Adds what a reload of the page left to be added; a campaign whose audience was closed meanwhile is left as it is.
 * @param show called with the campaign that goes on
 */
export async function resumeSending(show: (id: number) => void, step = STEP): Promise<void> {
  const kept = keptSending()
  if (!kept) return
  const { audience_open, status, stats } = await get<Campaign>(`/campaigns/${kept.id}`)
  const begun = audience_open || stats.total > 0
  if (begun ? !audience_open : status !== 'draft' && status !== 'scheduled') return forgetSending()
  show(kept.id)
  await addRecipients(kept.id, kept.ids, step)
  notify('All recipients are added')
}
