/**
 * Keeps data loaded: at once when it is needed, and otherwise at a rate that the server can bear, since some answers cost
 * it a scan of a million rows.
 */

/** Least interval in milliseconds between two background loads. */
const EVERY_MS = 2000
/** Least interval as a multiple of the time of the last load. */
const SHARE = 20

export interface Loader {
  /** Loads now; while a load is under way, once more after it. */
  now(): void
  /** Loads once the interval has passed. */
  soon(): void
  stop(): void
}

/** @param load must not reject */
export function openLoader(load: () => Promise<unknown>): Loader {
  let running = false
  let again = false
  let stopped = false
  let free = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const run = async () => {
    clearTimeout(timer)
    timer = undefined
    running = true
    do {
      again = false
      const begun = performance.now()
      await load()
      const end = performance.now()
      free = end + Math.max(EVERY_MS, SHARE * (end - begun))
    } while (again && !stopped)
    running = false
  }
  return {
    now: () => {
      if (running) again = true
      else if (!stopped) void run()
    },
    soon: () => {
      if (running || timer || stopped) return
      timer = setTimeout(run, Math.max(0, free - performance.now()))
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
