/** Steps that end the work on a campaign, or save it on the way. */
import { useLocation } from 'wouter'
import { notify } from '../../components/notices.tsx'
import { plural } from '../../text/format.ts'
import { save, sendTo } from './submit.ts'
import type { WorkState } from './use-work.ts'

interface Steps {
  /** @returns the campaign's id */
  saveDraft(): Promise<number>
  /** Saves, and leaves for the campaign's page. */
  saveOnly(): Promise<void>
  /** Saves and sends, and leaves for the campaign's page. */
  send(): Promise<void>
  /** Makes the page that of the campaign that was saved on it, also after a reload. */
  stayWithSaved(): void
}

/** @param id of the campaign that the page is already about */
export function useSteps(work: WorkState, id: number | undefined): Steps {
  const [, navigate] = useLocation()
  const saveDraft = async () => {
    const campaign = await save(work.saved, work.draft)
    // A campaign that was saved before a later step failed is not saved twice.
    work.setSaved({ id: campaign.id, draft: work.draft })
    return campaign.id
  }
  const leaveTo = (campaignId: number, notice: string) => {
    work.finish()
    notify(notice)
    navigate(`/campaigns/${campaignId}`)
  }
  return {
    saveDraft,
    saveOnly: async () => leaveTo(await saveDraft(), 'Campaign saved'),
    send: async () => {
      const campaignId = await saveDraft()
      leaveTo(campaignId, `${plural(await sendTo(campaignId, work.audience), 'recipient')} queued`)
    },
    stayWithSaved: () => {
      // A chosen file would not survive the change.
      if (id !== undefined || !work.saved || work.audience.by === 'file') return
      work.moveTo(String(work.saved.id))
      navigate(`/campaigns/${work.saved.id}/edit`, { replace: true })
    },
  }
}
