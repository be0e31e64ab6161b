/** Time and randomness for everything that runs, so that a test can turn both by hand. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. Leases never use it: they live on the database's clock. */
  now(): number
  /** Monotonic milliseconds; goes on while the process is stopped, so it shows a pause that wall time may hide. */
  elapsed(): number
  /** Uniform in [0, 1). */
  random(): number
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    }),
}

/** @returns undefined when `answer` did not come in time, or not before `until` aborted */
export async function within<T>(
  ms: number,
  answer: Promise<T>,
  clock: Clock,
  until?: AbortSignal,
): Promise<T | undefined> {
  const enough = new AbortController()
  const late = clock.sleep(ms, until ? AbortSignal.any([enough.signal, until]) : enough.signal)
  try {
    return await Promise.race([answer, late.then(() => undefined)])
  } finally {
    enough.abort()
  }
}
