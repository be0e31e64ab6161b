/**
 * One live stream for all tabs of a browser: over HTTP/1.1 a browser keeps six connections to a server, and a stream in each
 * tab would use them up. One visible tab leads: it reads the stream and passes every state on; the others listen. A tab that
 * is hidden or closed stops leading and another takes over. Works without a secure context, where Web Locks are missing.
 */

type Message<T> =
  /** Asks the leader, if there is one, for the newest state. */
  | { readonly type: 'ask' }
  | { readonly type: 'state'; readonly from: string; readonly state: T }
  /** Announces that the leader stops. */
  | { readonly type: 'leave' }

/** Longest interval between two messages of a leader. */
const REPEAT_MS = 1000
/** Silence of the leader after which another tab takes over. */
const SILENCE_MS = 3500
/** Time within which a leader answers. Tabs wait a random time longer, so that one of them is first. */
const ANSWER_MS = 50
const SPREAD_MS = 200

export interface Shared {
  /** Passes the newest state on to the other tabs; does nothing unless this tab leads. */
  publish(): void
  close(): void
}

interface ShareOptions<T> {
  /** Name of the channel: only tabs with the same name share a stream. */
  readonly name: string
  /** Newest state of this tab; undefined if it has none to share. */
  readonly state: () => T | undefined
  /** Receives the leader's state. */
  readonly receive: (state: T) => void
  /** Reads the stream until `signal` is aborted. */
  readonly follow: (signal: AbortSignal) => void
}

export function openShared<T>({ name, state, receive, follow }: ShareOptions<T>): Shared {
  const channel = new BroadcastChannel(name)
  const self = String(Math.random())
  let waiting: ReturnType<typeof setTimeout> | undefined

  const post = (message: Message<T>) => channel.postMessage(message)
  const announce = () => {
    const newest = state()
    if (leader.leads() && newest !== undefined) post({ type: 'state', from: self, state: newest })
  }
  const leader = openLeader(follow, announce)
  const leadAfter = (ms: number) => {
    clearTimeout(waiting)
    waiting = isVisible() ? setTimeout(leader.begin, ms) : undefined
  }
  const leave = () => {
    clearTimeout(waiting)
    if (leader.leads()) post({ type: 'leave' })
    leader.end()
  }
  const join = () => {
    post({ type: 'ask' })
    leadAfter(ANSWER_MS + Math.random() * SPREAD_MS)
  }

  channel.onmessage = ({ data }: MessageEvent<Message<T>>) => {
    if (data.type === 'ask') return announce()
    if (data.type === 'leave') return leader.leads() ? undefined : leadAfter(Math.random() * SPREAD_MS)
    // Two tabs that opened at once may both lead. Both apply the same rule, so that one of them goes on.
    if (leader.leads() && self < data.from) return announce()
    leader.end()
    receive(data.state)
    leadAfter(SILENCE_MS)
  }
  const onVisibility = () => (isVisible() ? join() : leave())
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('pagehide', leave)
  join()
  return {
    publish: announce,
    close: () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('pagehide', leave)
      leave()
      channel.close()
    },
  }
}

const isVisible = () => document.visibilityState === 'visible'

/** While this tab leads, it reads the stream, and repeats the newest state. */
function openLeader(follow: (signal: AbortSignal) => void, announce: () => void) {
  let leading: AbortController | undefined
  let repeating: ReturnType<typeof setInterval> | undefined
  return {
    leads: () => leading !== undefined,
    begin: () => {
      if (leading || !isVisible()) return
      leading = new AbortController()
      repeating = setInterval(announce, REPEAT_MS)
      follow(leading.signal)
      announce()
    },
    end: () => {
      clearInterval(repeating)
      leading?.abort()
      leading = undefined
    },
  }
}
