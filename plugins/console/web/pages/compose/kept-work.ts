/** Unsaved work on a campaign, kept until the tab is closed, so that a reload or a click elsewhere does not lose it. */
import type { Audience, Draft, Saved } from './draft.ts'

export interface Work {
  readonly saved: Saved | undefined
  /** Draft before any change. */
  readonly initial: Draft
  readonly draft: Draft
  readonly audience: Audience
}

/** Changes with the form of `Work`, so that a newer console does not read what an older one wrote. */
const ITEM = 'campaign-dispatch.draft.5.'

/** @param key names the page: `new`, or the campaign's id */
export function findWork(key: string): Work | undefined {
  const text = sessionStorage.getItem(ITEM + key)
  return text === null ? undefined : (JSON.parse(text) as Work)
}

/** A chosen file is not kept: it must be chosen again. */
const withoutFile = (audience: Audience): Audience =>
  audience.by === 'file' ? { by: 'file', checked: undefined, key: '' } : audience

export function keepWork(key: string, work: Work): void {
  try {
    sessionStorage.setItem(ITEM + key, JSON.stringify({ ...work, audience: withoutFile(work.audience) }))
  } catch {
    // The tab's storage is full: leaving the page still asks.
  }
}

export const dropWork = (key: string): void => sessionStorage.removeItem(ITEM + key)

/** Drops the work on a saved campaign, on whichever page it was written. */
export function dropWorkOf(id: number): void {
  for (const item of Object.keys(sessionStorage)) {
    if (!item.startsWith(ITEM)) continue
    const key = item.slice(ITEM.length)
    if (key === String(id) || findWork(key)?.saved?.id === id) dropWork(key)
  }
}
