/** Health checks of this process, behind /health and in the live feed. */
import { codeOf, faultOf } from './db/faults.ts'
import type { Breaker } from './dispatch/breaker.ts'
import type { Stuck } from './dispatch/stuck.ts'
import { detailOfCircuit } from './dispatch/waiting.ts'
import { Outage } from './errors.ts'
import type { Log } from './log.ts'
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
 * A paused channel does not make the process unhealthy: a restart would mend nothing.
 * @param breakers undefined while the database cannot tell
 */
export function viewSenders(breakers: readonly Breaker[] | undefined) {
  if (!breakers) return { status: 'unknown' as const, message: 'The database, which knows, cannot be read' }
  if (breakers.length === 0) return { status: 'healthy' as const }
  const messages = breakers.map(
    ({ channel, reason, opened_at, probe_at }) =>
      `${detailOfCircuit(channel, reason)}, since ${opened_at.toISOString()}; one message is tried after ${probe_at.toISOString()}`,
  )
  return { status: 'degraded' as const, message: messages.join('. ') }
}

/** Campaigns that a message names at most. */
const MOST_NAMED = 5

/**
 * A chunk that makes no progress does not make the process unhealthy: it is split, and all other work goes on.
 * @param stuck undefined while the database cannot tell
 */
export function viewDispatch(stuck: Stuck | undefined) {
  if (!stuck) return { status: 'unknown' as const, message: 'The database, which knows, cannot be read' }
  const { chunks, poisoned, campaigns } = stuck
  if (chunks + poisoned === 0) return { status: 'healthy' as const }
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  const parts = [
    ...(chunks > 0 ? [`${count(chunks, 'chunk')} claimed again and again without progress`] : []),
    ...(poisoned > 0 ? [`${count(poisoned, 'message')} ended as poisoned in the last minutes`] : []),
  ]
  const named = campaigns.slice(0, MOST_NAMED).join(', ') + (campaigns.length > MOST_NAMED ? ', ...' : '')
  const whose = `campaign${campaigns.length === 1 ? '' : 's'} ${named}`
  return { status: 'degraded' as const, message: `${parts.join(', ')} (${whose}): the log names them` }
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

export interface Checks {
  readonly database: Check
  readonly queue: Check
  readonly senders: ReturnType<typeof viewSenders>
  readonly dispatch: ReturnType<typeof viewDispatch>
  readonly loops: ReturnType<typeof checkLoops>
}

/** The checks, and the worst of them. */
export function viewHealth(checks: Checks) {
  const found = Object.values(checks).map(({ status }) => status)
  const worst = found.includes('unhealthy')
    ? ('unhealthy' as const)
    : found.some((status) => status !== 'healthy')
      ? ('degraded' as const)
      : ('healthy' as const)
  return { status: worst, checks }
}

export type Health = ReturnType<typeof viewHealth>
