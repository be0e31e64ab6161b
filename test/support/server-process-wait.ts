/** Waiting for what another process does: by looking again and again, within a bound. */

/** Soon at first, later less often: looks would take the processor from what they wait for. */
const LOOK_AFTER_MS = { least: 5, share: 0.05, most: 50 }
/** For a machine that is busy with other things; a test that waits so long has failed. */
const BOUND_MS = 60_000

/**
 * @param what completes "Waited in vain until ..."
 * @returns the first answer of `condition` that is neither false nor undefined
 * @throws Error when there was none in time, or what `condition` threw
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  boundMs = BOUND_MS,
): Promise<Exclude<T, false | undefined>> {
  const begun = performance.now()
  for (;;) {
    const answer = await condition()
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>
    const waited = performance.now() - begun
    if (waited > boundMs) throw new Error(`Waited in vain until ${what} (${boundMs} ms)`)
    const { least, share, most } = LOOK_AFTER_MS
    await Bun.sleep(Math.min(Math.max(least, waited * share), most))
  }
}

/** Numbers from 0 to 1 that repeat with the seed (mulberry32). */
export function openRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
