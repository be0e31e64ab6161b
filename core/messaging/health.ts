/** Health of the process and of sending, for /health and the live feed. */
import type { Check, checkLoops } from '../host/health.ts'
import { detailOfCircuit } from './campaign/waiting.ts'
import type { Stuck } from './chunk/stuck.ts'
import type { Breaker } from './senders/standstill.ts'

/**
 * A paused channel does not make the process unhealthy: a restart would not help.
 * @param breakers undefined while the database cannot be read
 */
export function viewSenders(breakers: readonly Breaker[] | undefined) {
  if (!breakers) return { status: 'unknown' as const, message: 'Unknown: the database cannot be read' }
  if (breakers.length === 0) return { status: 'healthy' as const }
  const messages = breakers.map(
    ({ channel, country, reason, opened_at, probe_at }) =>
      `${detailOfCircuit(channel, reason, country === null ? [] : [country])} (since ${opened_at.toISOString()}; next attempt at ${probe_at.toISOString()})`,
  )
  return { status: 'degraded' as const, message: messages.join('. ') }
}

/** Maximum number of campaigns that a message names. */
const MOST_NAMED = 5

/**
 * A chunk that makes no progress does not make the process unhealthy: it is split, and all other work continues.
 * @param stuck undefined while the database cannot be read
 */
export function viewDispatch(stuck: Stuck | undefined) {
  if (!stuck) return { status: 'unknown' as const, message: 'Unknown: the database cannot be read' }
  const { chunks, poisoned, campaigns } = stuck
  if (chunks + poisoned === 0) return { status: 'healthy' as const }
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  const parts = [
    ...(chunks > 0 ? [`${count(chunks, 'chunk')} claimed repeatedly without progress`] : []),
    ...(poisoned > 0 ? [`${count(poisoned, 'message')} ended as poisoned recently`] : []),
  ]
  const named = campaigns.slice(0, MOST_NAMED).join(', ') + (campaigns.length > MOST_NAMED ? ', ...' : '')
  const whose = `campaign${campaigns.length === 1 ? '' : 's'} ${named}`
  return { status: 'degraded' as const, message: `${parts.join(', ')} (${whose}): see the log` }
}

export interface Checks {
  readonly database: Check
  readonly queue: Check
  readonly senders: ReturnType<typeof viewSenders>
  readonly dispatch: ReturnType<typeof viewDispatch>
  readonly loops: ReturnType<typeof checkLoops>
}

/** The checks, with the worst of their statuses. */
export function viewHealth(checks: Checks) {
  const statuses = Object.values(checks).map(({ status }) => status)
  const worst = statuses.includes('unhealthy')
    ? ('unhealthy' as const)
    : statuses.some((status) => status !== 'healthy')
      ? ('degraded' as const)
      : ('healthy' as const)
  return { status: worst, checks }
}

export type Health = ReturnType<typeof viewHealth>
