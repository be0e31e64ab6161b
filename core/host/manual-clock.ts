/** A clock that stands still until it is turned by hand. */
import type { Clock } from '../clock.ts'

export interface ManualClock extends Clock {
  /** Value of `random()` from now on. */
  chance: number
  /** Milliseconds that each sleeper still has to sleep, shortest first. */
  sleepers(): number[]
  /** Lets `ms` pass: wakes, in order, whoever was to wake by then. */
  turn(ms: number): Promise<void>
}

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

export function manualClock(): ManualClock {
  let now = 0
  const sleeping = new Set<Sleeper>()
  const inOrder = () => [...sleeping].sort((a, b) => a.due - b.due)
  const clock: ManualClock = {
    chance: 0,
    now: () => now,
    elapsed: () => now,
    random: () => clock.chance,
    sleepers: () => inOrder().map(({ due }) => due - now),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const wake = () => {
          sleeping.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper: Sleeper = { due: now + ms, wake }
        sleeping.add(sleeper)
        signal?.addEventListener('abort', wake, { once: true })
      }),
    turn: async (ms) => {
      const until = now + ms
      for (let next = inOrder()[0]; next && next.due <= until; next = inOrder()[0]) {
        now = Math.max(now, next.due)
        next.wake()
        await settled()
      }
      now = until
      await settled()
    },
  }
  return clock
}

/** Every promise that can go on without time or I/O has gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
