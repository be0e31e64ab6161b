import { fullGC } from 'bun:jsc'

/**
 * The runtime collects garbage the later, the more memory the machine has: a worker at full speed would take nearly twice
 * what it needs. Collecting costs some milliseconds, so it is done after so many messages, and only where the process has
 * grown to so many resident bytes.
 */
const DEFAULTS = { messages: 20_000, bytes: 120e6, collect: () => fullGC(), memory: () => process.memoryUsage.rss() }

/** @returns to be told of messages that are done with */
export function openCollector(options: Partial<typeof DEFAULTS> = {}): (messages: number) => void {
  const { messages: every, bytes, collect, memory } = { ...DEFAULTS, ...options }
  let since = 0
  return (messages) => {
    since += messages
    if (since < every) return
    since = 0
    if (memory() > bytes) collect()
  }
}
