/** Short messages about completed actions, announced to screen readers and removed after a while. */
import { useEffect, useSyncExternalStore } from 'react'
import { Icon } from './icon.tsx'

interface Notice {
  readonly id: number
  readonly text: string
}

const SHOWN_MS = 6000
let notices: readonly Notice[] = []
let lastId = 0
const listeners = new Set<() => void>()

function change(next: readonly Notice[]): void {
  notices = next
  for (const listener of listeners) listener()
}

export function notify(text: string): void {
  change([...notices.slice(-2), { id: ++lastId, text }])
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function Notices() {
  const current = useSyncExternalStore(subscribe, () => notices)
  const dismiss = (id: number) => change(notices.filter((one) => one.id !== id))
  const newest = current.at(-1)?.id
  useEffect(() => {
    if (newest === undefined) return
    const timer = setTimeout(() => change([]), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [newest])
  return (
    <div className="notices" role="status" aria-live="polite">
      {current.map(({ id, text }) => (
        <div key={id} className="notice">
          <Icon name="check" />
          <span>{text}</span>
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
