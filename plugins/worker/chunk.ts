/**
 * Working off one leased chunk in a sliding window: at most `window` messages are started and not yet reported. Each
 * flush reports the results that came in and asks to start as many more; exactly those that it permits are sent.
 */

import { failpoint } from '../../core/failpoint.ts'
import type { Flush, Flushed, Lease, Waiting } from '../../core/messaging/chunk/work.ts'
import { type Call, type Caller, openCalls } from './calls.ts'
import { type Costs, openPacedStart } from './paced-start.ts'
import { openPicker, type PickerJob } from './picker.ts'

export interface ChunkJob extends Caller, PickerJob {
  /** Messages started and not yet reported, at most. */
  readonly window: number
  /** Milliseconds from asking for permits in which the calls may be begun, so that they end while the lease holds. */
  readonly startWithinMs: number
  /** Cost of a message in units of its sender's rate; undefined where the sender has no limits. */
  readonly costOf: ((text: string) => number) | undefined
  /** Writes down; must be idempotent, and keep trying until it is done. */
  flush(flush: Flush): Promise<Flushed>
}

/** Results wait at most this long for others to be written down with them. */
const FLUSH_AFTER_MS = 25

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
  const { window, flush, clock, startWithinMs } = job
  const calls = openCalls(job, kill, {
    count: Math.ceil(window / 2),
    afterMs: FLUSH_AFTER_MS,
    moreComing: () => paced.waiting() > 0,
  })
  const picker = openPicker(lease, messages, job)
  let startedUpto = lease.started_upto
  /** The last message that may still be started: the watermark must not fall below it. */
  let permittedUpto = startedUpto
  let mayStart = true
  let pausing = false
  let count = 0
  const paced = openPacedStart({
    clock,
    stop,
    withinMs: startWithinMs,
    start: (batch) => {
      startedUpto = laterId(startedUpto, batch.at(-1)?.message.id)
      calls.start(batch)
    },
    dropped: (batch) => {
      picker.putBack(batch)
      mayStart = false
      calls.wake()
    },
  })

  /** Keeps the lease: half of the time in which a call may begin is less than half of the lease. */
  function pause(ms: number): void {
    pausing = true
    void clock.sleep(Math.min(ms, startWithinMs / 2), stop).then(() => {
      pausing = false
      calls.wake()
    })
  }

  /** Starts what is permitted of the batch; the rest is wanted again, or left to the next owner. */
  async function start(batch: readonly Call[], answer: Flushed, asked: number, costs: Costs): Promise<void> {
    const { permits, wait_ms, start_ms, gap_ms, step_ms } = answer
    // Race 12: a process that was suspended meanwhile may have lost the lease without knowing.
    const late = clock.elapsed() - asked >= startWithinMs
    const permitted = late || stop.aborted ? [] : batch.slice(0, permits)
    picker.putBack(batch.slice(permitted.length))
    if (late) mayStart = false
    else if (permits < batch.length && wait_ms > 0) pause(wait_ms)
    else if (permits < batch.length) mayStart = false
    if (permitted.length === 0) return
    permittedUpto = laterId(startedUpto, permitted.at(-1)?.message.id)
    await failpoint('window.granted')
    if (gap_ms === 0 && step_ms === 0) {
      startedUpto = laterId(startedUpto, permitted.at(-1)?.message.id)
      calls.start(permitted)
    } else paced.add(permitted, costs, { asked, start_ms, gap_ms, step_ms })
    await failpoint('window.started')
  }

  for (;;) {
    const inFlight = () => calls.inFlight() + paced.waiting()
    const { batch, unsent } = picker.pick(stop.aborted || pausing || !mayStart ? 0 : window - inFlight())
    const results = unsent.length === 0 ? calls.drain() : [...calls.drain(), ...unsent]
    const last = batch.length === 0 && inFlight() === 0 && !pausing
    if (last || results.length > 0 || batch.length > 0) {
      const asked = clock.elapsed()
      const next = !last ? 'keep' : picker.left() + calls.left() === 0 ? 'done' : 'release'
      const wanted = batch.map(({ message }) => message.id)
      const costs = job.costOf && batch.map(({ text }) => job.costOf?.(text) ?? 1)
      const upto = paced.waiting() > 0 ? permittedUpto : startedUpto
      const answer = await flush({
        results,
        startedUpto: upto,
        inFlight: inFlight(),
        wanted,
        next,
        ...(costs && { costs }),
      })
      count += results.length
      if (last) break
      await start(batch, answer, asked, costs)
    }
    await calls.news(pausing || paced.waiting() > 0)
  }
  calls.close()
  return count
}

function laterId(a: string, b: string | undefined): string {
  return b !== undefined && BigInt(b) > BigInt(a) ? b : a
}
