/** Pages that are loaded when they are first opened, or before that while the browser is idle. */
import { type ComponentType, createElement, use } from 'react'

/** Failure to load a page's code, retries included: the server is gone, or runs another version. */
export class PageLoadError extends Error {
  override readonly name = 'PageLoadError'
}

/** Pauses before each further attempt to load a page, in milliseconds. */
const PAUSES_MS = [300, 1000] as const

interface Entry {
  readonly start: () => Promise<unknown>
  /** Forgets a failed load, so that the next use loads again. */
  readonly forgetFailure: () => void
}
const entries: Entry[] = []

/** A component that is loaded with `load`. It suspends while it loads, and throws a PageLoadError if that fails. */
export function lazyPage<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let loading: Promise<ComponentType<P>> | undefined
  let failed = false
  const start = () => {
    loading ??= loadWithRetries(load).catch((cause) => {
      failed = true
      throw new PageLoadError('The page could not be loaded', { cause })
    })
    return loading
  }
  const forgetFailure = () => {
    if (failed) loading = undefined
    failed = false
  }
  entries.push({ start, forgetFailure })
  return (props) => createElement(use(start()), props)
}

async function loadWithRetries<P>(load: () => Promise<{ default: ComponentType<P> }>): Promise<ComponentType<P>> {
  for (const pause of PAUSES_MS) {
    try {
      return (await load()).default
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return (await load()).default
}

/** Allows another try for pages that failed to load. */
export function forgetLoadFailures(): void {
  for (const { forgetFailure } of entries) forgetFailure()
}

/** Loads all pages, one after the other, so that they can be opened even if the server is gone later. */
export async function preloadPages(): Promise<void> {
  for (const { start, forgetFailure } of entries) await start().catch(forgetFailure)
}
