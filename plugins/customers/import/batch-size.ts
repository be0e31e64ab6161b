/**
 * Number of rows that an import writes at once. The embedded database lets nobody else have a turn while it writes, so
 * that is as many as take some 15 ms on this machine, at this moment. A server holds nobody up, and is given the most.
 */

export const FIRST_BATCH = 50
export const LARGEST_BATCH = 2000
const SMALLEST_BATCH = 20

/** Milliseconds between which a size is kept. */
const [SHORT, LONG] = [12, 20]
const AIM = 15
/** Bounds of one step: a single batch may have met a pause of something else. */
const [SHRINK, GROW] = [0.5, 2]

export interface Written {
  readonly rows: number
  /** Milliseconds for which the process was held up. */
  readonly ms: number
}

/** @param size of the batch that was written; the last one of a file may have fewer rows */
export function nextBatchSize(size: number, { rows, ms }: Written): number {
  if (ms >= SHORT && ms <= LONG) return size
  if (ms < SHORT && rows < size) return size
  const aim = (rows * AIM) / Math.max(ms, 1)
  const next = Math.round(Math.min(Math.max(aim, size * SHRINK), size * GROW))
  return Math.min(Math.max(next, SMALLEST_BATCH), LARGEST_BATCH)
}
