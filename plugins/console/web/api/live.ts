/** The live figures: one stream for the whole page, open while something shows them. */
import { createParser } from 'eventsource-parser'
import { send } from './client.ts'
import type { Health, Snapshot } from './types.ts'

export interface Live {
  readonly snapshot: Snapshot | undefined
  /** The figures may be old: nothing answers, or the database is away. */
  readonly stale: boolean
}

const LONGEST_WAIT_MS = 10_000

let live: Live = { snapshot: undefined, stale: false }
const listeners = new Set<() => void>()
let open: AbortController | undefined

export const liveState = (): Live => live

export function onLive(listener: () => void): () => void {
  listeners.add(listener)
  if (!open) {
    open = new AbortController()
    void follow(open.signal)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    open?.abort()
    open = undefined
  }
}

function change(next: Live): void {
  live = next
  for (const listener of listeners) listener()
}

async function follow(signal: AbortSignal): Promise<void> {
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      await read(signal, () => {
        wait = 500
      })
    } catch {
      // Told as stale; the next try may succeed.
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
