/** Steps that save, test or send a campaign. */
import { useRef } from 'react'
import { useLocation } from 'wouter'
import { notify } from '../../components/notices.tsx'
import { plural } from '../../text/format.ts'
import type { Saved } from './draft.ts'
import { save, sendTo } from './submit.ts'
import type { WorkState } from './use-work.ts'

interface Steps {
  /** @returns the campaign's id */
  saveDraft(): Promise<number>
  /** Saves, and opens the campaign's page. */
  saveOnly(): Promise<void>
  /** Saves and sends, and opens the campaign's page. */
  send(): Promise<void>
  /** Moves to the address of the saved campaign, for reloads too. */
  stayWithSaved(): void
}

/** @param id of the campaign that the page edits already */
export function useSteps(work: WorkState, id: number | undefined): Steps {
  const [, navigate] = useLocation()
  const saved = useRef<Saved>(undefined)
  const saving = useRef<Promise<number>>(undefined)
  // A campaign that was saved before a later step failed is not saved twice, nor one that two steps save at once.
  const saveDraft = () => {
    saving.current ??= saveNow().finally(() => {
      saving.current = undefined
    })
    return saving.current
  }
  const saveNow = async () => {
    const campaign = await save(saved.current ?? work.saved, work.draft)
    saved.current = { id: campaign.id, draft: work.draft }
    work.setSaved(saved.current)
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
      const queued = await sendTo(campaignId, work.audience)
      leaveTo(
        campaignId,
        queued === undefined ? 'Recipients are being queued' : `${plural(queued, 'recipient')} queued`,
      )
    },
    stayWithSaved: () => {
      // A chosen file would not survive the change.
      if (id !== undefined || !work.saved || work.audience.by === 'file') return
      work.moveTo(String(work.saved.id))
      navigate(`/campaigns/${work.saved.id}/edit`, { replace: true })
    },
  }
}
