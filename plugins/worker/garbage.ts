import { edenGC, fullGC } from 'bun:jsc'

/**
 * The runtime collects garbage the later, the more memory the machine has: a worker at full speed would take nearly twice
 * what it needs. So it is asked to, after so many messages, and only where the process has grown to so many resident bytes.
 * Nearly all garbage is young, and the young part of the heap is collected in a fraction of the time; what has survived that
 * needs the whole heap, less often.
 */
const DEFAULTS = {
  young: 5000,
  all: 30_000,
  bytes: 120e6,
  collectYoung: () => edenGC(),
  collectAll: () => fullGC(),
  memory: () => process.memoryUsage.rss(),
}

/** @returns to be told of messages that are done with */
export function openCollector(options: Partial<typeof DEFAULTS> = {}): (messages: number) => void {
  const { young, all, bytes, collectYoung, collectAll, memory } = { ...DEFAULTS, ...options }
  let sinceYoung = 0
  let sinceAll = 0
  return (messages) => {
    sinceYoung += messages
    sinceAll += messages
    if (sinceYoung < young) return
    sinceYoung = 0
    const isAll = sinceAll >= all
    if (isAll) sinceAll = 0
    if (memory() <= bytes) return
    if (isAll) collectAll()
    else collectYoung()
  }
}
