/**
 * Working off one leased chunk in a sliding window: at most `window` messages are started and not yet reported. Each
 * report has the results that came in, and asks to start as many more; exactly those that its answer permits are sent.
 */

import type { Lease, Report, ReportAnswer, Result, Waiting } from '../../core/messaging/chunk/work.ts'
import { type Caller, openCalls } from './calls.ts'
import { type ChunkCaps, pickWithin } from './caps.ts'
import { openPicker, type PickerJob } from './picker.ts'
import { openStarts } from './starts.ts'

export interface ChunkJob extends Caller, PickerJob {
  /** Messages started and not yet reported, at most. */
  readonly window: number
  /** Milliseconds from asking for permits in which the calls may be begun, so that they end while the lease holds. */
  readonly startWithinMs: number
  /** Cost of a message in units of its sender's rate; undefined where the sender has no limits. */
  readonly costOf: ((text: string) => number) | undefined
  /** Id of the latest suppression that is known here. */
  known(): string
  /** Learns of the suppressions that were added since. */
  refresh(): Promise<void>
  /** Undefined where nothing is capped. */
  readonly caps: ChunkCaps | undefined
  /** Writes the report down; must be idempotent, and keep trying until it is done. */
  report(report: Report): Promise<ReportAnswer>
}

const nothing = { results: [], inFlight: 0, wanted: [] } as const

/**
 * The first moment for which a message waits, where all messages of the chunk wait for one: the chunk waits as it is then, and
 * nothing is written for each message. Undefined where any does not.
 */
function untilOf(results: readonly Result[], messages: number): number | undefined {
  if (results.length < messages || results.length === 0) return undefined
  let first = Number.POSITIVE_INFINITY
  for (const { until } of results) {
    if (until === undefined) return undefined
    if (until < first) first = until
  }
  return first
}

/** Results wait at most this long for others to be written down with them. */
const REPORT_AFTER_MS = 25

/**
 * Resolves when the chunk is done, lost to another owner, or given back: because `stop` aborted, or because fewer messages
 * were permitted than wanted and it is not worth asking again.
 * @returns how many results there were
 */
export async function workChunk(
  lease: Lease,
  messages: readonly Waiting[],
  job: ChunkJob,
  stop: AbortSignal,
  kill: AbortSignal,
): Promise<number> {
  const { window, report, clock, costOf, caps } = job
  const picker = openPicker(lease, messages, job)
  const calls = openCalls(job, kill, {
    count: Math.ceil(window / 2),
    afterMs: REPORT_AFTER_MS,
    moreComing: () => starts.waiting() > 0,
  })
  const starts = openStarts({
    clock,
    stop,
    withinMs: job.startWithinMs,
    batch: job.batch,
    startedUpto: lease.started_upto,
    start: calls.start,
    putBack: picker.putBack,
    changed: calls.wake,
  })
  const inFlight = () => calls.inFlight() + starts.waiting()
  let count = 0
  for (;;) {
    const known = job.known()
    const room = starts.mayAsk() && !job.isOutdated() ? window - inFlight() : 0
    const { batch, unsent } = caps ? await pickWithin(caps, picker, room) : picker.pick(room)
    const until = count === 0 && batch.length === 0 ? untilOf(unsent, messages.length) : undefined
    if (until !== undefined) {
      await report({ ...nothing, startedUpto: lease.started_upto, next: 'release', until })
      break
    }
    const results = unsent.length === 0 ? calls.drain() : [...calls.drain(), ...unsent]
    const last = batch.length === 0 && inFlight() === 0 && !starts.pausing()
    if (last || results.length > 0 || batch.length > 0) {
      const asked = clock.elapsed()
      const costs = costOf && batch.map(({ text }) => costOf(text))
      const answer = await report({
        results,
        startedUpto: starts.upto(),
        inFlight: inFlight(),
        wanted: batch.map(({ message }) => message.id),
        known,
        next: !last ? 'keep' : picker.left() + calls.left() === 0 ? 'done' : 'release',
        ...(costs && { costs }),
      })
      count += results.length
      if (last) break
      if (answer.stale) {
        picker.putBack(batch)
        await job.refresh()
        continue
      }
      await starts.begin({ batch, answer, asked, costs })
    }
    await calls.news(starts.pausing() || starts.waiting() > 0)
  }
  calls.close()
  return count
}
