import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react'
import { type LeaveGuard, useLeaveGuard } from '../../hooks/use-leave-guard.ts'
import { type Audience, changesOf, type Draft, rebase, type Saved } from './draft.ts'
import { dropWork, findWork, keepWork, type Work } from './kept-work.ts'

export interface WorkState extends Pick<Work, 'saved' | 'draft' | 'audience'> {
  readonly guard: LeaveGuard
  /** True if the form holds work from before a reload. */
  readonly restored: boolean
  change(changes: Partial<Draft>): void
  setAudience: Dispatch<SetStateAction<Audience>>
  setSaved(saved: Saved): void
  /** Restores the form as the page was opened with it. */
  discard(): void
  /** Drops the kept work; leaving no longer asks. */
  finish(): void
  /** The same, but keeps unsaved work for the page of the saved campaign. */
  moveTo(key: string): void
}

const nobody: Audience = { by: 'none' }

interface Opened {
  readonly id?: number | undefined
  readonly draft: Draft
}

/** Initial work of the page: kept from before a reload, or the stored campaign. */
function openWork(key: string, { id, draft }: Opened): Work & { restored: boolean } {
  const saved = id === undefined ? undefined : { id, draft }
  const fresh: Work = { saved, initial: draft, draft, audience: nobody }
  const kept = findWork(key)
  if (!kept) return { ...fresh, restored: false }
  if (id === undefined) return { ...kept, restored: true }
  return { ...fresh, draft: rebase(kept.initial, kept.draft, draft), audience: kept.audience, restored: true }
}

/** @param key names the page: `new`, or the campaign's id */
export function useWork(key: string, opened: Opened): WorkState {
  const [first] = useState(() => openWork(key, opened))
  const [saved, setSaved] = useState(first.saved)
  const [draft, setDraft] = useState(first.draft)
  const [audience, setAudience] = useState(first.audience)
  const [restored, setRestored] = useState(first.restored)
  const finished = useRef(false)
  const initial = saved?.draft ?? first.initial
  const unsaved = Object.keys(changesOf(initial, draft)).length > 0 || audience.by !== 'none'
  const guard = useLeaveGuard(unsaved)
  useEffect(() => {
    if (finished.current) return
    if (unsaved) keepWork(key, { saved, initial, draft, audience })
    else dropWork(key)
  }, [key, unsaved, saved, initial, draft, audience])
  const finish = () => {
    finished.current = true
    dropWork(key)
    guard.release()
  }
  return {
    saved,
    draft,
    audience,
    guard,
    restored,
    change: (changes) => setDraft((before) => ({ ...before, ...changes })),
    setAudience,
    setSaved,
    discard: () => {
      setDraft(initial)
      setAudience(nobody)
      setRestored(false)
    },
    finish,
    moveTo: (next) => {
      finish()
      if (unsaved) keepWork(next, { saved, initial, draft, audience })
    },
  }
}
