/** Lets only so many values through: the first at once, and then the newest when it is time. */

export interface Calm<T> {
  push(value: T): void
  /** Drops what waits. */
  stop(): void
}

/** @param everyMs at least so long between two */
export function openCalm<T>(everyMs: number, through: (value: T) => void): Calm<T> {
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
