/** Counts the final results of this process, and its failures by campaign and code, between two reports of its rate. */
import type { FailureCount, Measured, Result } from '../../core/messaging/chunk/work.ts'
import { NO_CODE } from '../../core/messaging/senders/codes.ts'

export interface Meter {
  /** Counts results that were written down; one that is to be tried again is not final. */
  add(campaignId: number, results: readonly Pick<Result, 'status' | 'code'>[]): void
  /** Counts since the last call. */
  take(): Measured
}

export function openMeter(): Meter {
  let final = 0
  let failures = new Map<string, FailureCount>()
  return {
    add: (campaignId, results) => {
      for (const { status, code: known } of results) {
        if (status === 'pending') continue
        final++
        if (status === 'sent') continue
        const code = known ?? NO_CODE
        const key = `${campaignId} ${status} ${code}`
        failures.set(key, { campaignId, status, code, count: (failures.get(key)?.count ?? 0) + 1 })
      }
    },
    take: () => {
      const measured = { results: final, failures: [...failures.values()] }
      final = 0
      failures = new Map()
      return measured
    },
  }
}
