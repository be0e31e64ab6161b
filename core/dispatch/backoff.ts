/** How long a message waits before it is tried again. */

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
