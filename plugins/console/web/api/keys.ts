/** The API key: requested when the API first requires one, and kept until the tab is closed. */

const ITEM = 'campaign-dispatch.api-key'

export interface KeyState {
  /** True while a request waits for a key. */
  readonly asking: boolean
  /** True if the API refused the latest key. */
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
