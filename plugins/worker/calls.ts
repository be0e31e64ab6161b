/** The calls to the sender that are under way for one chunk, and what has come back from them. */

import type { Clock } from '../../core/clock.ts'
import type { Waiting } from '../../core/messaging/chunk/read.ts'
import type { Settled } from '../../core/messaging/chunk/settled.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'

export interface Call {
  readonly message: Waiting
  readonly text: string
}

export interface CallTools {
  readonly clock: Clock
  /** True when a message may be sent again with its key: what is open when the process is killed is then left open. */
  readonly idempotent: boolean
  /** Milliseconds that a call may take. */
  readonly timeoutMs: number
  /** Hands one message to the sender; never rejects. */
  send(call: Call, signal: AbortSignal): Promise<Outcome>
  /** @param startedAt when the call was started, on the clock's monotonic milliseconds */
  settle(call: Call, outcome: Outcome, startedAt: number): Settled
}

/** When the outcomes that came back are worth a flush. */
export interface NewsRule {
  readonly count: number
  readonly afterMs: number
}

export interface Calls {
  inFlight(): number
  /** Messages that came back without an outcome, for their next owner. */
  left(): number
  /** Begins all of them now; they share one deadline. */
  start(batch: readonly Call[]): void
  /** Takes what has come back since the last time. */
  drain(): Settled[]
  /** Resolves when there is reason to flush: enough came back, or it waited long enough, or nothing is under way. */
  news(): Promise<void>
  close(): void
}

export function openCalls(tools: CallTools, kill: AbortSignal, rule: NewsRule): Calls {
  let back: Settled[] = []
  let inFlight = 0
  let left = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let changed = Promise.withResolvers<void>()
  const tell = () => {
    clearTimeout(timer)
    timer = undefined
    changed.resolve()
  }
  const arrived = (outcome: Settled | undefined) => {
    inFlight--
    if (outcome) back.push(outcome)
    else left++
    if (inFlight === 0 || back.length >= rule.count) tell()
    else timer ??= setTimeout(tell, rule.afterMs)
  }
  return {
    inFlight: () => inFlight,
    left: () => left,
    start: (batch) => {
      inFlight += batch.length
      runBatch(batch, tools, kill, { arrived, late: (outcome) => back.push(outcome) })
    },
    drain: () => {
      const taken = back
      back = []
      return taken
    },
    news: async () => {
      if (inFlight > 0 && back.length < rule.count) await changed.promise
      changed = Promise.withResolvers()
    },
    close: () => clearTimeout(timer),
  }
}

/** What a sender that ignores its signal is given, beyond its timeout, before it is left alone. */
const GRACE_MS = 250

interface Report {
  /** Once for each call; without an outcome for a message that is left to its next owner. */
  arrived(outcome: Settled | undefined): void
  /** For a message that was accepted after it had been given up. */
  late(outcome: Settled): void
}

function runBatch(batch: readonly Call[], tools: CallTools, kill: AbortSignal, { arrived, late }: Report): void {
  const startedAt = tools.clock.elapsed()
  const ended = new Uint8Array(batch.length)
  let waiting = batch.length
  const controller = new AbortController()
  let grace: ReturnType<typeof setTimeout> | undefined
  const abort = () => {
    controller.abort()
    grace ??= setTimeout(giveUp, GRACE_MS)
  }
  const deadline = setTimeout(abort, tools.timeoutMs)
  kill.addEventListener('abort', abort, { once: true })
  const end = (nth: number, call: Call, outcome: Outcome) => {
    if (ended[nth]) {
      if (outcome.kind === 'accepted') late(tools.settle(call, outcome, startedAt))
      return
    }
    ended[nth] = 1
    if (--waiting === 0) {
      clearTimeout(deadline)
      clearTimeout(grace)
      kill.removeEventListener('abort', abort)
    }
    const open = kill.aborted && tools.idempotent && outcome.kind === 'unknown'
    arrived(open ? undefined : tools.settle(call, outcome, startedAt))
  }
  const giveUp = () => {
    for (const [nth, call] of batch.entries()) if (!ended[nth]) end(nth, call, { kind: 'unknown', code: 'timeout' })
  }
  for (const [nth, call] of batch.entries())
    void tools.send(call, controller.signal).then((outcome) => end(nth, call, outcome))
  if (kill.aborted) abort()
}
