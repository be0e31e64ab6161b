/** The live feed: connects, reads server-sent events, and reconnects with backoff whenever the connection is lost. */
import { createParser } from 'eventsource-parser'
import type { Health } from '../plugins/stats/snapshot.ts'
import { authorization, type Failure, failureFrom, reasonOf } from './api.ts'

/** Silence after which the connection counts as dead: the server sends something every 15 seconds. */
const SILENCE_MS = 40_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** Pause after a refusal or a missing feed, which take longer to pass than a lost connection. */
const REFUSED_PAUSE_MS = 15_000

export interface FeedEvents {
  live(): void
  /** @param json a Snapshot, not parsed: some are never shown */
  snapshot(json: string): void
  /** Called when the server cannot read its database: figures stand still. */
  health(health: Health): void
  /** @param retryInMs undefined: only once there is another key */
  lost(failure: Failure, retryInMs: number | undefined): void
}

export interface FeedOptions {
  readonly url: string
  readonly key: string | undefined
  readonly on: FeedEvents
  readonly signal: AbortSignal
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random?: () => number
}

/** Resolves when `signal` aborts, or when the server wants another key. */
export async function followFeed(options: FeedOptions): Promise<void> {
  const { on, signal, sleep = pause, random = Math.random } = options
  for (let tries = 0; !signal.aborted; tries++) {
    let received = false
    const failure = await readOnce(options, () => {
      received = true
    })
    if (signal.aborted) return
    if (failure.kind === 'unauthorized') return on.lost(failure, undefined)
    if (received) tries = 0
    const full = failure.kind === 'lost' ? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries) : REFUSED_PAUSE_MS
    // Equal jitter, so that many dashboards do not come back at the same moment.
    const wait = full * (0.5 + random() / 2)
    on.lost(failure, wait)
    await sleep(wait, signal)
  }
}

/** One connection, to its end. @returns why it ended */
async function readOnce({ url, key, on, signal }: FeedOptions, received: () => void): Promise<Failure> {
  const silent = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silent.abort(new Error(`no data for ${SILENCE_MS / 1000} s`)), SILENCE_MS)
  }
  try {
    heard()
    const response = await fetch(`${url}/stats/stream`, {
      headers: { accept: 'text/event-stream', ...authorization(key) },
      signal: AbortSignal.any([signal, silent.signal]),
    })
    if (!response.ok || !response.body) return await refusalOf(response)
    on.live()
    const parser = createParser({
      onEvent: ({ event, data }) => {
        received()
        if (event === 'snapshot') on.snapshot(data)
        if (event === 'health') on.health(JSON.parse(data) as Health)
      },
    })
    const decoder = new TextDecoder()
    for await (const bytes of response.body) {
      heard()
      parser.feed(decoder.decode(bytes, { stream: true }))
    }
    return { kind: 'lost', message: 'the server closed the connection' }
  } catch (error) {
    return { kind: 'lost', message: reasonOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

async function refusalOf(response: Response): Promise<Failure> {
  const answer = (await response.json().catch(() => undefined)) as { error?: { code?: string; message?: string } }
  const message = answer?.error?.message ?? `the server responded with status ${response.status}`
  if (response.status >= 500) return { kind: 'lost', message }
  return failureFrom(response.status, answer?.error?.code, message)
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
