/**
 * The loop that says how fast messages go, for whoever looks on: the process's own rate, and its share of all results
 * and failures, which are kept for as long as somebody may want to see them. It writes nothing while nothing happens.
 */
import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import type { WorkGrant } from './grant.ts'
import type { Meter } from './meter.ts'

const RATE_EVERY_MS = 2000
const CLEAN_EVERY_MS = 60_000

export function openRateLoop({ messaging, clock, process, log }: WorkGrant, meter: Meter): Loop {
  const { throughput } = messaging.work
  return async (stop) => {
    const trying = { clock, log, signal: stop }
    let written = 0
    let since = clock.elapsed()
    let cleaned = since - CLEAN_EVERY_MS
    while (!stop.aborted) {
      await clock.sleep(RATE_EVERY_MS, stop)
      const now = clock.elapsed()
      const measured = meter.take()
      const rate = Math.round(measured.results / ((now - since) / 1000))
      since = now
      if (measured.results === 0 && rate === written) continue
      await untilDone(() => throughput.record(process.id, rate, measured), trying)
      written = rate
      if (now - cleaned < CLEAN_EVERY_MS) continue
      cleaned = now
      await untilDone(() => throughput.deleteOld(), trying)
    }
  }
}
