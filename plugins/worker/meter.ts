/** Counts what this process settled, and whom it did not reach and why, between two reports of it. */
import type { FailureCount, Measured } from '../../core/messaging/campaign/throughput.ts'
import type { Settled } from '../../core/messaging/chunk/settled.ts'
import { NO_CODE } from '../../core/messaging/senders/codes.ts'

export interface Meter {
  /** Takes what was written down; what is to be tried again is not settled. */
  add(campaignId: number, settled: readonly Pick<Settled, 'status' | 'error'>[]): void
  /** What came in since the last call. */
  take(): Measured
}

export function openMeter(): Meter {
  let settled = 0
  let failures = new Map<string, FailureCount>()
  return {
    add: (campaignId, outcomes) => {
      for (const { status, error } of outcomes) {
        if (status === 'pending') continue
        settled++
        if (status === 'sent') continue
        const code = error ?? NO_CODE
        const key = `${campaignId} ${status} ${code}`
        failures.set(key, { campaignId, status, code, count: (failures.get(key)?.count ?? 0) + 1 })
      }
    },
    take: () => {
      const measured = { settled, failures: [...failures.values()] }
      settled = 0
      failures = new Map()
      return measured
    },
  }
}
