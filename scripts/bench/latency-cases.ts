/** Cases of slow providers, and the rate that each allows. */
import { defaultOf } from './settings.ts'

/** Processes. */
export const LATENCY_WORKERS = 2

export interface LatencyCase {
  readonly latencyMs: number
  /** WORKER_CONCURRENCY. */
  readonly concurrency: number
}

/** The most that is allowed. */
const MOST = 64

/** The last one has what a provider of the longer latency needs to keep up with the machine. */
export function latencyCases(): readonly LatencyCase[] {
  const usual = defaultOf('WORKER_CONCURRENCY')
  return [
    { latencyMs: 5, concurrency: usual },
    { latencyMs: 50, concurrency: usual },
    { latencyMs: 50, concurrency: MOST },
  ]
}

export const latencyKey = ({ latencyMs, concurrency }: LatencyCase) => `latency.${latencyMs}ms.${concurrency}`

/** Messages a second, if as many as may be under way at once are, each for as long as the provider takes. */
export const ceilingOf = ({ latencyMs, concurrency }: LatencyCase) =>
  (LATENCY_WORKERS * concurrency * defaultOf('WORKER_WINDOW')) / (latencyMs / 1000)
