/** The live figures: one stream for all tabs that use the same API key, open while something shows them. */
import { createParser } from 'eventsource-parser'
import { send } from './client.ts'
import { apiKey, keyState, onKeyState } from './keys.ts'
import { openShared, type Shared } from './share-live.ts'
import type { Health, Snapshot } from './types.ts'

export interface Live {
  readonly snapshot: Snapshot | undefined
  /** True if the figures may be old: the service does not respond, or cannot read its database. */
  readonly stale: boolean
}

const LONGEST_WAIT_MS = 10_000
/** Time for which the stream stays open, since the next page usually shows the figures too. */
const LINGER_MS = 2000

const nothing: Live = { snapshot: undefined, stale: false }
let live = nothing
const listeners = new Set<() => void>()
let shared: Shared | undefined
let lingering: ReturnType<typeof setTimeout> | undefined

export const liveState = (): Live => live

export function onLive(listener: () => void): () => void {
  listeners.add(listener)
  clearTimeout(lingering)
  shared ??= open()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) lingering = setTimeout(close, LINGER_MS)
  }
}

function close(): void {
  shared?.close()
  shared = undefined
}

/** The key is part of the name, so that figures loaded with one key never reach a tab that has another key or none. */
function open(): Shared {
  const key = apiKey()
  const forget = onKeyState(() => {
    if (apiKey() === key) return
    close()
    show(nothing)
    shared = open()
  })
  const { publish, close: leave } = openShared({
    name: `campaign-dispatch.live ${key ?? ''}`,
    // A tab that waits for a key has no figures, and must not keep other tabs from loading them.
    state: () => (keyState().asking ? undefined : live),
    receive,
    follow: (signal) => void follow(signal),
  })
  const closeShared = () => {
    forget()
    leave()
  }
  return { publish, close: closeShared }
}

/** A tab that has just begun to lead has no figures yet; this tab keeps its own. */
function receive({ snapshot, stale }: Live): void {
  show({ snapshot: snapshot ?? live.snapshot, stale })
}

function show(next: Live): void {
  live = next
  for (const listener of listeners) listener()
}

function change(next: Live): void {
  show(next)
  shared?.publish()
}

async function follow(signal: AbortSignal): Promise<void> {
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      await read(signal, () => {
        wait = 500
      })
    } catch {
      // Shown as stale until another try succeeds.
    }
    if (signal.aborted) return
    change({ ...live, stale: true })
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

async function read(signal: AbortSignal, heard: () => void): Promise<void> {
  const { body } = await send('GET', '/stats/stream', { signal })
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (signal.aborted) return
      heard()
      if (event === 'snapshot') change({ snapshot: JSON.parse(data) as Snapshot, stale: false })
      if (event === 'health') change(withHealth(JSON.parse(data) as Health))
    },
  })
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) parser.feed(part.value)
}

function withHealth(health: Health): Live {
  return { snapshot: live.snapshot && { ...live.snapshot, health }, stale: true }
}
