/** Throttle of a stream of values: the first passes at once, then the newest one each interval. */

export interface Throttle<T> {
  push(value: T): void
  /** Drops the value that waits. */
  stop(): void
}

/** @param everyMs least time between two values */
export function openThrottle<T>(everyMs: number, through: (value: T) => void): Throttle<T> {
  let newest: { readonly value: T } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    if (!newest) return
    const { value } = newest
    newest = undefined
    timer = setTimeout(flush, everyMs)
    through(value)
  }
  return {
    push: (value) => {
      newest = { value }
      if (!timer) flush()
    },
    stop: () => {
      clearTimeout(timer)
      newest = timer = undefined
    },
  }
}
