/**
 * Keeps something loaded: asks at once when it must, and else only as often as the server can well bear, since some
 * answers cost it a walk over a million rows.
 */

/** Milliseconds between two loads that nobody waits for. */
const EVERY_MS = 2000
/** And at least so many times as long as the last one took. */
const SHARE = 20

export interface Loader {
  /** Loads now; while a load is under way, once more after it. */
  now(): void
  /** Loads when it is time. */
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
