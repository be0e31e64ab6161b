/** Measures how long work keeps everything else in the process waiting, which is not how long it takes. */
import type { Clock } from '../../../core/clock.ts'

const LOOK_EVERY_MS = 5

/** @returns with the result, the longest time in milliseconds in which no timer had a turn, or a little more */
export async function measureTurns<T>(work: () => Promise<T>, clock: Clock): Promise<{ result: T; longest: number }> {
  const over = new AbortController()
  let [longest, last] = [0, clock.elapsed()]
  const look = async () => {
    while (!over.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, over.signal)
      const now = clock.elapsed()
      longest = Math.max(longest, now - last)
      last = now
    }
  }
  const looking = look()
  try {
    const result = await work()
    over.abort()
    await looking
    return { result, longest }
  } finally {
    over.abort()
  }
}
