/** Which database failures pass by themselves, and waiting for that (races 13, 27 and 29). */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

const connectionCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
])

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/**
 * True when the database cannot be reached or serve at the moment: no connection, class 08, 53 (no resources) or
 * 57P01-57P05 (shutting down, starting up) of PostgreSQL's error codes (its manual, appendix A).
 */
export function isDatabaseDown(error: unknown): boolean {
  const code = codeOf(error)
  if (code === undefined) return false
  return connectionCodes.has(code) || /^(08...|53...|57P0[1-5])$/.test(code)
}

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
      log.warn({ code: codeOf(error) }, 'Database is not available, trying again')
      await clock.sleep(wait * (0.5 + clock.random() / 2), signal)
    }
  }
}
