/** Starts messages of a limited sender one after another, at the times for which they were permitted. */
import type { Clock } from '../../core/clock.ts'
import type { ReportAnswer } from '../../core/messaging/chunk/work.ts'
import type { Call } from './calls.ts'

/** Costs of a batch, in the order of its messages; undefined: 1 each. */
export type Costs = readonly number[] | undefined

interface PaceOptions {
  readonly clock: Clock
  /** Messages of one call, at most: those that are due within `GATHER_MS` wait for each other. */
  readonly batch: number
  /** Whatever waits when it aborts is dropped. */
  readonly stop: AbortSignal
  /** Called with messages whose time has come. */
  start(batch: readonly Call[]): void
  /** Called with messages that are not to be started any more, in their order. */
  dropped(batch: readonly Call[]): void
}

type Times = Pick<ReportAnswer, 'start_ms' | 'gap_ms' | 'step_ms'> & {
  /** Monotonic milliseconds of asking for the permits. */
  readonly asked: number
  /** Milliseconds from then in which a message may be started (race 12). */
  readonly within: number
}

interface Planned {
  readonly call: Call
  readonly at: number
  readonly latest: number
}

export interface PacedStart {
  /** Messages that wait for their time. */
  waiting(): number
  add(batch: readonly Call[], costs: Costs, times: Times): void
}

/** Longest that a message waits beyond its time for others of its call, in milliseconds. Waiting never exceeds a rate. */
const GATHER_MS = 100

export function openPacedStart({ clock, stop, batch: most, start, dropped }: PaceOptions): PacedStart {
  const planned: Planned[] = []
  /** An answer that comes late must not let its messages start beside those of the next one. */
  let free = 0
  let running = false

  /** Starts what is due, and sleeps until the next one is. */
  async function run(): Promise<void> {
    running = true
    for (let next = planned[0]; next; next = planned[0]) {
      const now = clock.elapsed()
      const startAt = most === 1 ? next.at : lastOfCall(planned, next.at + GATHER_MS, most)
      if (startAt > now && !stop.aborted) {
        await clock.sleep(startAt - now, stop)
        continue
      }
      if (stop.aborted || next.latest <= now) {
        dropped(planned.splice(0).map(({ call }) => call))
        break
      }
      const later = planned.findIndex(({ at }) => at > now)
      start(planned.splice(0, later < 0 ? planned.length : later).map(({ call }) => call))
    }
    running = false
  }

  return {
    waiting: () => planned.length,
    add: (batch, costs, { asked, within, start_ms, gap_ms, step_ms }) => {
      let at = Math.max(clock.elapsed() + start_ms, free)
      for (const [nth, call] of batch.entries()) {
        planned.push({ call, at, latest: asked + within })
        at += Math.max((costs?.[nth] ?? 1) * gap_ms, step_ms)
      }
      free = at
      if (!running) void run()
    },
  }
}

/** Time at which the last message is due that goes in one call with the first. */
function lastOfCall(planned: readonly Planned[], until: number, most: number): number {
  let last = planned[0]?.at ?? 0
  for (const { at } of planned.slice(1, most)) {
    if (at > until) break
    last = at
  }
  return last
}
