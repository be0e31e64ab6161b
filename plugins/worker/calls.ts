/** Calls to the sender that are in flight for one chunk, and the results of those that ended. */

import type { Clock } from '../../core/clock.ts'
import type { Result, Waiting } from '../../core/messaging/chunk/work.ts'
import type { FilledTemplate, Outcome } from '../../core/messaging/senders/contract.ts'

export interface Call {
  readonly message: Waiting
  readonly text: string
  readonly template?: FilledTemplate | undefined
  /** Monotonic milliseconds from which it must not be started any more; absent: no such time. */
  readonly latest?: number
}

export interface Caller {
  readonly clock: Clock
  /** True when a message may be sent again with its key: what is open when the process is killed is then left open. */
  readonly idempotent: boolean
  /** Milliseconds that a call may take. */
  readonly timeoutMs: number
  /** Messages that one call to the sender takes, at most. */
  readonly batch: number
  /**
   * Hands messages to the sender in one call.
   * @returns an outcome for each of them, in their order; one that is missing counts as unknown
   */
  send(calls: readonly Call[], signal: AbortSignal): Promise<readonly Outcome[]>
  /** Called when `send` threw or rejected: all its messages count as unknown. */
  onThrown(error: unknown, calls: readonly Call[]): void
  /** @param startedAt when the call was started, on the clock's monotonic milliseconds */
  resultOf(call: Call, outcome: Outcome, startedAt: number): Result
}

/** Results that are worth a report: so many, or fewer after some time. */
export interface NewsRule {
  readonly count: number
  readonly afterMs: number
  /** True while more calls are about to start: what comes back waits for them. */
  moreComing(): boolean
}

export interface Calls {
  inFlight(): number
  /** Messages that came back without an outcome, for their next owner. */
  left(): number
  /** Begins all of them now; they share one deadline. */
  start(batch: readonly Call[]): void
  /** Takes what has come back since the last time. */
  drain(): Result[]
  /**
   * Resolves when there is reason to report: enough came back, or it waited long enough, or nothing is in flight.
   * @param pausing whether to wait for `wake` where nothing is in flight
   */
  news(pausing: boolean): Promise<void>
  wake(): void
  close(): void
}

export function openCalls(caller: Caller, kill: AbortSignal, rule: NewsRule): Calls {
  let back: Result[] = []
  let inFlight = 0
  let left = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let changed = Promise.withResolvers<void>()
  const wake = () => {
    clearTimeout(timer)
    timer = undefined
    changed.resolve()
  }
  const arrived = (outcome: Result | undefined) => {
    inFlight--
    if (outcome) back.push(outcome)
    else left++
    if ((inFlight === 0 && !rule.moreComing()) || back.length >= rule.count) wake()
    else timer ??= setTimeout(wake, rule.afterMs)
  }
  return {
    inFlight: () => inFlight,
    left: () => left,
    start: (batch) => {
      inFlight += batch.length
      runBatch(batch, caller, kill, { arrived, late: (outcome) => back.push(outcome) })
    },
    drain: () => {
      const taken = back
      back = []
      return taken
    },
    news: async (pausing) => {
      if ((inFlight > 0 || pausing) && back.length < rule.count) await changed.promise
      changed = Promise.withResolvers()
    },
    wake,
    close: () => clearTimeout(timer),
  }
}

/** Time beyond its timeout that a sender which ignores its signal is given before its calls are given up. */
const GRACE_MS = 250

/** Outcome of a message that its sender did not answer for. */
const NO_ANSWER: Outcome = { kind: 'unknown', code: 'sender.error' }

interface CallEnd {
  /** Once for each call; without an outcome for a message that is left to its next owner. */
  arrived(outcome: Result | undefined): void
  /** For a message that was accepted after it had been given up. */
  late(outcome: Result): void
}

function runBatch(batch: readonly Call[], caller: Caller, kill: AbortSignal, { arrived, late }: CallEnd): void {
  const startedAt = caller.clock.elapsed()
  const ended = new Uint8Array(batch.length)
  let waiting = batch.length
  const controller = new AbortController()
  let grace: ReturnType<typeof setTimeout> | undefined
  const abort = () => {
    controller.abort()
    grace ??= setTimeout(giveUp, GRACE_MS)
  }
  const deadline = setTimeout(abort, caller.timeoutMs)
  kill.addEventListener('abort', abort, { once: true })
  const end = (nth: number, call: Call, outcome: Outcome) => {
    if (ended[nth]) {
      if (outcome.kind === 'accepted') late(caller.resultOf(call, outcome, startedAt))
      return
    }
    ended[nth] = 1
    if (--waiting === 0) {
      clearTimeout(deadline)
      clearTimeout(grace)
      kill.removeEventListener('abort', abort)
    }
    const open = kill.aborted && caller.idempotent && outcome.kind === 'unknown'
    arrived(open ? undefined : caller.resultOf(call, outcome, startedAt))
  }
  const giveUp = () => {
    for (const [nth, call] of batch.entries()) if (!ended[nth]) end(nth, call, { kind: 'unknown', code: 'timeout' })
  }
  const call = (first: number, calls: readonly Call[]) => {
    const answered = (outcomes: readonly Outcome[]) => {
      let nth = 0
      for (const one of calls) end(first + nth, one, outcomes[nth++] ?? NO_ANSWER)
    }
    const failed = (error: unknown) => {
      caller.onThrown(error, calls)
      answered([])
    }
    // Each further promise in between would be one for each message.
    try {
      Promise.resolve(caller.send(calls, controller.signal)).then(answered, failed)
    } catch (error) {
      failed(error)
    }
  }
  if (caller.batch === 1) for (const [nth, one] of batch.entries()) call(nth, [one])
  else
    for (let first = 0; first < batch.length; first += caller.batch)
      call(first, batch.slice(first, first + caller.batch))
  if (kill.aborted) abort()
}
