/** Time that a message waits before it is tried again. */

/** The longest wait, in milliseconds: five minutes. */
export const MAX_BACKOFF_MS = 5 * 60_000

/**
 * Milliseconds to wait after try number `attempt` (from 1) failed: anything from 0 up to `baseMs` after the first, twice
 * that after each further one, never more than `MAX_BACKOFF_MS`. "Full jitter": of the ways to spread clients out it
 * costs the provider the least work (AWS Architecture Blog, Marc Brooker, "Exponential Backoff And Jitter", 2015).
 * `random` is uniform in [0, 1).
 */
export function backoffMs(attempt: number, baseMs: number, random: () => number): number {
  const doublings = Math.min(Math.max(attempt - 1, 0), 30)
  return Math.floor(random() * Math.min(MAX_BACKOFF_MS, baseMs * 2 ** doublings))
}

/** Retries with a delay below this, in milliseconds, share a bucket of one second. */
const SHORT_MS = 8000

/**
 * Width of a due bucket in seconds: retries of one chunk that fall due within it go together, at its end. A second for
 * short delays; for longer ones a power of two from an eighth to a quarter of the delay, so that nobody waits much longer
 * than asked and a chunk still hands on few retry chunks. 0 for what may go at once.
 */
export function bucketSeconds(delayMs: number): number {
  if (delayMs <= 0) return 0
  return delayMs < SHORT_MS ? 1 : 2 ** Math.floor(Math.log2(delayMs / 4000))
}
