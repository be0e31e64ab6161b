/** Starts of a chunk's messages: those that the database permits, at once or paced, for as long as the lease surely holds. */
import type { Clock } from '../../core/clock.ts'
import { failpoint } from '../../core/failpoint.ts'
import type { ReportAnswer } from '../../core/messaging/chunk/work.ts'
import type { Call } from './calls.ts'
import { type Costs, openPacedStart } from './paced-start.ts'

interface StartsOptions {
  readonly clock: Clock
  readonly stop: AbortSignal
  /** Messages of one call, at most. */
  readonly batch: number
  /** Milliseconds from asking for permits in which the calls may be begun, so that they end while the lease holds. */
  readonly withinMs: number
  /** The last message that an earlier owner may have started. */
  readonly startedUpto: string
  start(batch: readonly Call[]): void
  /** Takes back messages that are not started: they are wanted again, or left to the next owner. */
  putBack(batch: readonly Call[]): void
  /** Called when there may be more to do. */
  changed(): void
}

/** The answer to a batch that was asked for. */
interface Permitted {
  readonly batch: readonly Call[]
  readonly answer: ReportAnswer
  /** Monotonic milliseconds of asking for the permits. */
  readonly asked: number
  readonly costs: Costs
}

export interface Starts {
  /** True where it is worth asking for more now. */
  mayAsk(): boolean
  /** True between two asks, while fewer are permitted than wanted. */
  pausing(): boolean
  /** Messages that are permitted and wait for their time. */
  waiting(): number
  /** The last message that was started, or may be before the next report. */
  upto(): string
  begin(permitted: Permitted): Promise<void>
}

export function openStarts(options: StartsOptions): Starts {
  const { clock, stop, batch, withinMs, startedUpto, start, putBack, changed } = options
  let started = startedUpto
  /** The last message that may still be started: the watermark must not fall below it. */
  let permittedUpto = startedUpto
  let mayStart = true
  let pausing = false
  const startNow = (batch: readonly Call[]) => {
    started = laterId(started, batch.at(-1)?.message.id)
    start(batch)
  }
  const dropped = (batch: readonly Call[]) => {
    putBack(batch)
    mayStart = false
    changed()
  }
  const paced = openPacedStart({ clock, stop, batch, start: startNow, dropped })

  /** Keeps the lease: half of the time in which a call may begin is less than half of the lease. */
  function pause(ms: number): void {
    pausing = true
    void clock.sleep(Math.min(ms, withinMs / 2), stop).then(() => {
      pausing = false
      changed()
    })
  }

  return {
    mayAsk: () => mayStart && !pausing && !stop.aborted,
    pausing: () => pausing,
    waiting: paced.waiting,
    upto: () => (paced.waiting() > 0 ? permittedUpto : started),
    begin: async ({ batch, answer, asked, costs }) => {
      const { permits, wait_ms, start_ms, gap_ms, step_ms } = answer
      const within = Math.min(withinMs, latestOf(batch) - asked)
      // Race 12: a process that was suspended meanwhile may have lost the lease without knowing. And a message that was within
      // its hours when it was picked may be out of them by now.
      const late = clock.elapsed() - asked >= within
      const permitted = late || stop.aborted ? [] : batch.slice(0, permits)
      putBack(batch.slice(permitted.length))
      if (late) mayStart = false
      else if (permits < batch.length && wait_ms > 0) pause(wait_ms)
      else if (permits < batch.length) mayStart = false
      if (permitted.length === 0) return
      permittedUpto = laterId(permittedUpto, permitted.at(-1)?.message.id)
      await failpoint('window.granted')
      if (gap_ms === 0 && step_ms === 0) startNow(permitted)
      else paced.add(permitted, costs, { asked, within, start_ms, gap_ms, step_ms })
      await failpoint('window.started')
    },
  }
}

/** The first moment from which one of the messages must not be started any more. */
function latestOf(batch: readonly Call[]): number {
  let latest = Number.POSITIVE_INFINITY
  for (const call of batch) if (call.latest !== undefined && call.latest < latest) latest = call.latest
  return latest
}

function laterId(a: string, b: string | undefined): string {
  return b !== undefined && BigInt(b) > BigInt(a) ? b : a
}
