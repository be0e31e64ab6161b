/** The API key: asked for once, when the API first wants one, and kept for as long as the browser's tab. */

const ITEM = 'campaign-dispatch.api-key'

export interface KeyState {
  /** A request waits for a key. */
  readonly asking: boolean
  /** The API did not take the one that was given. */
  readonly refused: boolean
}

let state: KeyState = { asking: false, refused: false }
let waiting: (() => void)[] = []
const listeners = new Set<() => void>()

function change(next: KeyState): void {
  state = next
  for (const listener of listeners) listener()
}

export const keyState = (): KeyState => state
export function onKeyState(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const apiKey = (): string | null => sessionStorage.getItem(ITEM)

/** @param used the key that was refused; another one may have been given meanwhile */
export function askForKey(used: string | null): Promise<void> {
  if (apiKey() !== used) return Promise.resolve()
  change({ asking: true, refused: used !== null })
  return new Promise((resolve) => waiting.push(resolve))
}

export function giveKey(key: string): void {
  sessionStorage.setItem(ITEM, key)
  const resolved = waiting
  waiting = []
  change({ asking: false, refused: false })
  for (const resolve of resolved) resolve()
}

export function forgetKey(): void {
  sessionStorage.removeItem(ITEM)
  change({ asking: false, refused: false })
}
