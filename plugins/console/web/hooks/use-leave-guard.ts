/** Asks before somebody leaves a page with unsaved work: by a link of the console, a reload, or closing the tab. */
import { useCallback, useEffect, useState } from 'react'
import type { AroundNavHandler } from 'wouter'

type Proceed = () => void

/** Guard of the open page; a page without unsaved work has none. */
let guard: ((proceed: Proceed) => void) | undefined

/** For the router: holds a navigation back while a page guards its work. */
export const askBeforeLeaving: AroundNavHandler = (navigate, to, options) => {
  if (guard) guard(() => navigate(to, options))
  else navigate(to, options)
}

export interface LeaveGuard {
  /** True while somebody wants to leave and has not confirmed it. */
  readonly asking: boolean
  leave(): void
  stay(): void
  /** Lets the page's own navigation through, from this moment on. */
  release(): void
}

export function useLeaveGuard(unsaved: boolean): LeaveGuard {
  const [proceed, setProceed] = useState<Proceed>()
  const release = useCallback(() => {
    guard = undefined
  }, [])
  useEffect(() => {
    if (!unsaved) return
    const ask = (event: BeforeUnloadEvent) => guard && event.preventDefault()
    guard = (next) => setProceed(() => next)
    addEventListener('beforeunload', ask)
    return () => {
      release()
      removeEventListener('beforeunload', ask)
    }
  }, [unsaved, release])
  return {
    asking: proceed !== undefined,
    leave: () => {
      release()
      proceed?.()
    },
    stay: () => setProceed(undefined),
    release,
  }
}
