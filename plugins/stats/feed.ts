/**
 * The live feed: one poller for however many readers, which runs only while there is one. A reader that is slow gets the
 * newest event when it is ready for one, so nothing piles up; one that hears nothing for a while gets a heartbeat.
 */

import type { StatsGrant } from './grant.ts'
import { type Look, openLook } from './look.ts'
import type { openSnapshots } from './snapshot.ts'

/** At most five events a second. */
const EVERY_MS = 200
/** A database that answers slowly is asked less often: looking on must not hold up the work. */
const SHARE = 4
/** After so many looks without a change it looks less often, until a wake-up. */
const STILL_LOOKS = 10
const STILL_MS = 1000
export const HEARTBEAT_MS = 15_000

export interface Reader {
  /** The newest event that this reader has not had, as soon as there is one; undefined once the feed is closed. */
  next(): Promise<string | undefined>
  /** May be called again. */
  close(): void
}

export interface Feed {
  open(): Reader
  /** Number of readers at the moment. */
  readers(): number
}

interface News {
  readonly id: number
  readonly text: string
}

const HEARTBEAT = ': heartbeat\n\n'

type FeedGrant = Pick<StatsGrant, 'clock' | 'wakeUps' | 'stopping' | 'log'>

export function openFeed(snapshots: ReturnType<typeof openSnapshots>, grant: FeedGrant): Feed {
  const { clock, stopping } = grant
  const look = openLook(snapshots, grant)
  const news = openNews(clock)
  const open = new Set<object>()
  let polling: AbortController | undefined

  const startPolling = () => {
    if (polling) return
    polling = new AbortController()
    void poll(look, news.publish, grant, polling.signal)
  }
  const leave = (reader: object) => {
    open.delete(reader)
    news.wake(reader)
    if (open.size > 0) return
    polling?.abort()
    polling = undefined
    news.clear()
  }
  stopping.addEventListener('abort', () => {
    for (const reader of [...open]) leave(reader)
  })

  return {
    readers: () => open.size,
    open: () => {
      const reader = {}
      let seen = 0
      if (!stopping.aborted) open.add(reader)
      if (open.size > 0) startPolling()
      return {
        next: async () => {
          const deadline = clock.elapsed() + HEARTBEAT_MS
          while (open.has(reader)) {
            const event = news.latest()
            if (event && event.id !== seen) {
              seen = event.id
              return event.text
            }
            const left = deadline - clock.elapsed()
            if (left <= 0) return HEARTBEAT
            await news.wait(reader, left)
          }
          return undefined
        },
        close: () => leave(reader),
      }
    },
  }
}

/** The newest event, and the readers that wait for the next one. */
function openNews(clock: FeedGrant['clock']) {
  const waiting = new Map<object, () => void>()
  let latest: News | undefined
  let lastId = 0
  return {
    latest: () => latest,
    publish: (event: string, json: string) => {
      lastId++
      latest = { id: lastId, text: `event: ${event}\nid: ${lastId}\ndata: ${json}\n\n` }
      for (const wake of waiting.values()) wake()
    },
    clear: () => {
      latest = undefined
    },
    wait: async (reader: object, ms: number) => {
      const woken = new AbortController()
      waiting.set(reader, () => woken.abort())
      await clock.sleep(ms, woken.signal)
      waiting.delete(reader)
    },
    wake: (reader: object) => waiting.get(reader)?.(),
  }
}

type Publish = (event: string, json: string) => void

async function poll(look: Look, publish: Publish, { clock, wakeUps }: FeedGrant, stop: AbortSignal): Promise<void> {
  const listener = wakeUps.listen('ready')
  let lastKey: string | undefined
  for (let still = 0; !stop.aborted; ) {
    const asked = clock.elapsed()
    const { event, json, key } = await look()
    if (stop.aborted) break
    still = key === lastKey ? still + 1 : 0
    if (key !== lastKey) publish(event, json)
    lastKey = key
    await clock.sleep(Math.max(EVERY_MS, SHARE * (clock.elapsed() - asked)), stop)
    if (still >= STILL_LOOKS) await listener.wait(STILL_MS - EVERY_MS, stop)
  }
  listener.close()
}
