/** Effects of actions outside the state: the live feed, calls to the API, the log. */
import { openClient } from '../api.ts'
import type { Action, State } from '../state/state.ts'
import type { Store } from '../store.ts'
import { openBrowse, type Tools } from './browse.ts'
import { openCompose } from './compose.ts'
import { act, actOnSender } from './control.ts'
import { openLive } from './live.ts'
import { openPicking } from './pick.ts'
import { openSegments } from './segments.ts'
import { seen } from './watch.ts'

const TICK_MS = 1000

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
  const live = openLive(url, dispatch)
  const parts = [openBrowse(tools), openCompose(tools), openSegments(tools), openPicking(tools)]
  const adoptKey = (key: string) => {
    live.stop()
    client = openClient(url, key)
    live.follow(key)
    dispatch({ type: 'reload' })
  }
  return {
    start: (made) => {
      store = made
      live.follow(first)
      // An event within the last half second has set the clock already.
      ticking = setInterval(() => {
        if (Date.now() - made.get().now > TICK_MS / 2) dispatch({ type: 'tick', now: Date.now() })
      }, TICK_MS)
    },
    after: (action, now, before) => {
      const lines = seen(action, now, before)
      if (lines.length > 0) dispatch({ type: 'log.add', lines })
      if (action.type === 'quit') quit()
      if (action.type === 'key') adoptKey(action.key)
      if (action.type === 'do') void act(tools, action.control, action.target)
      if (action.type === 'senders.do') void actOnSender(tools, action.sender, action.pause)
      for (const part of parts) part.after(action, now, before)
    },
    stop: () => {
      live.stop()
      clearInterval(ticking)
      for (const part of parts) part.stop()
    },
  }
}
