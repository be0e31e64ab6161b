/** Receipts of messages that the mock accepted: kept for a second, as a network takes its time, and reported in batches. */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log/log.ts'
import type { Receipt } from '../../core/messaging/senders/hook.ts'

/** From the first message of a batch to its report, in milliseconds. */
export const RECEIPT_DELAY_MS = 1000
/** Length of a batch, so that many messages need few timers. */
export const BATCH_MS = 100
const MOST_RECEIPTS = 1000

export interface Receipts {
  add(receipt: Receipt): void
  /** Reports what is due later, and resolves when all is stored. */
  close(): Promise<void>
}

interface Batch {
  readonly endsAt: number
  readonly receipts: Receipt[]
}

export function openReceipts(
  store: (receipts: readonly Receipt[]) => Promise<void>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Receipts {
  const closing = new AbortController()
  const reports = new Set<Promise<void>>()
  let batch: Batch | undefined

  const openBatch = (now: number): Batch => {
    const receipts: Receipt[] = []
    const report = clock.sleep(RECEIPT_DELAY_MS, closing.signal).then(() => store(receipts))
    reports.add(report)
    const lost = (err: unknown) => log.warn({ err, receipts: receipts.length }, 'Receipts of the mock sender are lost')
    void report.catch(lost).finally(() => reports.delete(report))
    return { endsAt: now + BATCH_MS, receipts }
  }
  return {
    add: (receipt) => {
      const now = clock.elapsed()
      if (!batch || now >= batch.endsAt || batch.receipts.length >= MOST_RECEIPTS) batch = openBatch(now)
      batch.receipts.push(receipt)
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled(reports)
    },
  }
}
