/** Follows the live feed, and passes its snapshots to the state at a readable pace. */
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { type FeedEvents, followFeed } from '../feed.ts'
import type { Action } from '../state/state.ts'
import { openThrottle } from './throttle.ts'

/** Snapshots arrive five times a second, faster than anybody reads, and drawing costs more than receiving. */
const DRAW_EVERY_MS = 400
/**
 * Snapshots between two garbage collections, about ten seconds. By itself the runtime lets garbage grow beyond 200 MB;
 * a collection takes about 20 ms.
 */
const COLLECT_EVERY = 50

export interface Live {
  follow(key: string | undefined): void
  stop(): void
}

export function openLive(url: string, dispatch: (action: Action) => void): Live {
  let feed = new AbortController()
  let received = 0
  const snapshots = openThrottle<string>(DRAW_EVERY_MS, (json) =>
    dispatch({ type: 'snapshot', snapshot: JSON.parse(json) as Snapshot, now: Date.now() }),
  )
  const on: FeedEvents = {
    live: () => dispatch({ type: 'live' }),
    snapshot: (json) => {
      snapshots.push(json)
      received++
      if (received % COLLECT_EVERY === 0) Bun.gc(true)
    },
    // A snapshot that waits to be drawn is older than this event.
    health: (health) => {
      snapshots.stop()
      dispatch({ type: 'health', health })
    },
    lost: (failure, retryInMs) => {
      snapshots.stop()
      dispatch({ type: 'lost', failure, retryInMs, now: Date.now() })
    },
  }
  return {
    follow: (key) => {
      feed = new AbortController()
      void followFeed({ url, key, on, signal: feed.signal })
    },
    stop: () => {
      feed.abort()
      snapshots.stop()
    },
  }
}
