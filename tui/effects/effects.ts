/** Effects of actions outside the state: the live feed, calls to the API, the log. */
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { openClient } from '../api.ts'
import { followFeed } from '../feed.ts'
import type { Action, State } from '../state/state.ts'
import type { Store } from '../store.ts'
import { openBrowse, type Tools } from './browse.ts'
import { openCompose } from './compose.ts'
import { act } from './control.ts'
import { openThrottle } from './throttle.ts'
import { seen } from './watch.ts'

const TICK_MS = 1000
/** Figures change five times a second; nobody reads faster than this, and drawing costs more than listening. */
const DRAW_EVERY_MS = 400
/**
 * Snapshots between two garbage collections, ten seconds' worth. Left alone the runtime lets garbage grow to 200 MB and
 * more; a collection takes some 20 ms.
 */
const COLLECT_EVERY = 50

export interface Effects {
  after(action: Action, now: State, before: State): void
  start(store: Store<State, Action>): void
  stop(): void
}

export interface EffectOptions {
  readonly url: string
  readonly key: string | undefined
  readonly quit: () => void
}

export function openEffects({ url, key: first, quit }: EffectOptions): Effects {
  let store: Store<State, Action> | undefined
  let client = openClient(url, first)
  let feed = new AbortController()
  let ticking: ReturnType<typeof setInterval> | undefined
  const dispatch = (action: Action) => store?.dispatch(action)
  const tools: Tools = {
    client: () => client,
    get: () => {
      if (!store) throw new Error('Cannot read the state before the dashboard has started')
      return store.get()
    },
    dispatch,
  }
  const browse = openBrowse(tools)
  const compose = openCompose(tools)

  let received = 0
  const snapshots = openThrottle<string>(DRAW_EVERY_MS, (json) =>
    dispatch({ type: 'snapshot', snapshot: JSON.parse(json) as Snapshot, now: Date.now() }),
  )

  const follow = (key: string | undefined) => {
    feed = new AbortController()
    const on = {
      live: () => dispatch({ type: 'live' }),
      snapshot: (json: string) => {
        snapshots.push(json)
        received++
        if (received % COLLECT_EVERY === 0) Bun.gc(true)
      },
      // A snapshot that waits to be drawn is older than this event.
      health: (health: Extract<Action, { type: 'health' }>['health']) => {
        snapshots.stop()
        dispatch({ type: 'health', health })
      },
      lost: (failure: Extract<Action, { type: 'lost' }>['failure'], retryInMs: number | undefined) => {
        snapshots.stop()
        dispatch({ type: 'lost', failure, retryInMs, now: Date.now() })
      },
    }
    void followFeed({ url, key, on, signal: feed.signal })
  }

  return {
    start: (made) => {
      store = made
      follow(first)
      // An event in the last half second has set the clock already.
      ticking = setInterval(() => {
        if (Date.now() - made.get().now > TICK_MS / 2) dispatch({ type: 'tick', now: Date.now() })
      }, TICK_MS)
    },
    after: (action, now, before) => {
      const lines = seen(action, now, before)
      if (lines.length > 0) dispatch({ type: 'log.add', lines })
      if (action.type === 'quit') quit()
      if (action.type === 'key') {
        feed.abort()
        snapshots.stop()
        client = openClient(url, action.key)
        follow(action.key)
        dispatch({ type: 'reload' })
      }
      if (action.type === 'do') void act(tools, action.control, action.target)
      browse.after(action, now, before)
      compose.after(action, now, before)
    },
    stop: () => {
      feed.abort()
      snapshots.stop()
      clearInterval(ticking)
      browse.stop()
      compose.stop()
    },
  }
}
