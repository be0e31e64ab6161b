/** Health of the process and of the dispatch, behind /health and in the live feed. */
import type { Check, checkLoops } from '../host/health.ts'
import { detailOfCircuit } from './campaign/waiting.ts'
import type { Stuck } from './chunk/stuck.ts'
import type { Breaker } from './senders/breaker.ts'

/**
 * A paused channel does not make the process unhealthy: a restart would mend nothing.
 * @param breakers undefined while the database cannot tell
 */
export function viewSenders(breakers: readonly Breaker[] | undefined) {
  if (!breakers) return { status: 'unknown' as const, message: 'Unknown: the database cannot be read' }
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
  if (!stuck) return { status: 'unknown' as const, message: 'Unknown: the database cannot be read' }
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
