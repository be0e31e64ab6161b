import { fullGC } from 'bun:jsc'

/**
 * The runtime collects garbage the later, the more memory the machine has: a worker at full speed would take nearly twice
 * what it needs. Collecting after so many messages costs a pause of some milliseconds, and the worker stays small.
 */
const MESSAGES = 20_000

/** @returns to be told of messages that are done with */
export function openCollector(collect: () => void = () => fullGC(), every = MESSAGES): (messages: number) => void {
  let since = 0
  return (messages) => {
    since += messages
    if (since < every) return
    since = 0
    collect()
  }
}
