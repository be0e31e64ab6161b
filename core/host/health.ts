/** Health checks of this process: the database, the queue, the loops. */
import { codeOf, faultOf } from '../db/faults.ts'
import { Outage } from '../errors.ts'
import type { Log } from '../log/log.ts'
import type { LoopState } from './plugin.ts'

export interface Check {
  readonly status: 'healthy' | 'unhealthy'
  readonly message?: string
}

/** A check that hangs for so long counts as unhealthy. */
export const TIME_LIMIT_MS = 2000

/**
 * @param probe rejects when something is wrong
 * @param describe the part of the reason that callers may see; the rest goes to the log
 */
export async function check(
  probe: () => Promise<unknown>,
  describe: (error: unknown) => string,
  limitMs = TIME_LIMIT_MS,
): Promise<Check> {
  const limit = Promise.withResolvers<Check>()
  const late: Check = { status: 'unhealthy', message: `No answer within ${limitMs} ms` }
  const timer = setTimeout(() => limit.resolve(late), limitMs)
  const asked = Promise.try(probe).then(
    (): Check => ({ status: 'healthy' }),
    (error): Check => ({ status: 'unhealthy', message: describe(error) }),
  )
  return Promise.race([asked, limit.promise]).finally(() => clearTimeout(timer))
}

export function viewLoop({ plugin, loop, state, restarts, last_error, since }: LoopState) {
  return { plugin, loop, state, restarts, last_error, since: new Date(since).toISOString() }
}

/** Names loops that wait after a crash, and loops that ended although the process runs. */
export function checkLoops(states: readonly LoopState[]) {
  const down = states.filter(({ state }) => state !== 'running')
  const loops = states.map(viewLoop)
  if (down.length === 0) return { status: 'healthy' as const, loops }
  const named = down.map(({ plugin, loop, state }) => `${plugin}.${loop} is ${state.replace('_', ' ')}`)
  return { status: 'unhealthy' as const, message: named.join(', '), loops }
}

/**
 * Says what is wrong with the database or the queue. A reason that is not known may hold an address or SQL: only its code
 * is told, the log has the rest.
 */
export const unreachable =
  (what: string, log: Log) =>
  (error: unknown): string => {
    const message = describeOutage(what, error)
    log.warn({ err: error }, `the ${what} is unhealthy: ${message}`)
    return message
  }

/** @returns what is wrong, in words that hold no address or SQL */
export function describeOutage(what: string, error: unknown): string {
  if (error instanceof Outage) return `${error.message} (${error.code})`
  const fault = what === 'database' ? faultOf(error) : undefined
  if (fault && fault.code !== 'DATABASE_UNAVAILABLE') return `${fault.message} (${fault.code})`
  const code = codeOf(error)
  return `The ${what} cannot be reached${code === undefined ? '' : ` (${code})`}`
}
