/** Repeats statements while the database's failure passes by itself (races 13, 27 and 29). */
import type { Clock } from '../clock.ts'
import type { Log } from '../log/log.ts'
import { codeOf, faultOf } from './faults.ts'

/** True when the database cannot be reached, or cannot serve at the moment: see the table in faults.ts. */
export const isDatabaseDown = (error: unknown): boolean => faultOf(error)?.passing === true

/** True for a deadlock or a serialization failure: the same statement may succeed at once. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40001' || code === '40P01'
}

/** True for a failure that says nothing about the statement: it may succeed later as it is. */
export const isPassing = (error: unknown): boolean => isDatabaseDown(error) || isConflict(error)

const LONGEST_WAIT_MS = 2000

/**
 * Runs `work` until it succeeds, waiting longer each time, while the database is down or in conflict. What runs here must
 * be idempotent: a connection that broke after COMMIT was sent tells nothing about whether it was done.
 * @throws the error itself when it is of another kind, or once `signal` has aborted
 */
export async function untilDone<T>(
  work: () => Promise<T>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<T> {
  for (let wait = 50; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error
      const fault = faultOf(error)
      log.warn({ code: codeOf(error), fault: fault?.code }, `${fault?.message ?? 'The database is busy'}: trying again`)
      await clock.sleep(wait * (0.5 + clock.random() / 2), signal)
    }
  }
}
