/** Picks the next messages of a chunk to start; those that are not to be sent get their result at once. */
import type { Clock } from '../../core/clock.ts'
import type { Lease, Result, Waiting } from '../../core/messaging/chunk/work.ts'
import {
  type Candidate,
  type Decision,
  decide,
  type Policies,
  type Policy,
} from '../../core/messaging/policy/policy.ts'
import type { MessageCode } from '../../core/messaging/senders/codes.ts'
import type { Call } from './calls.ts'
import { deferred, lost, unsent } from './result.ts'

export interface Picked {
  readonly batch: readonly Call[]
  readonly unsent: readonly Result[]
}

export interface Picker {
  /** The next messages in order, `room` at most, and the results of those between them that are not to be sent. */
  pick(room: number): Picked
  /** Takes back the end of the batch that was picked last: these messages were not started, and are the next ones. */
  putBack(calls: readonly Call[]): void
  /** Results of messages of the batch that was picked last that are not to be sent after all. */
  refuse(calls: readonly Call[], code: MessageCode): Result[]
  /** Number of the chunk's messages that were looked at. */
  position(): number
  /** The messages that are looked at next, `most` at most, and the position after them. */
  upcoming(most: number): { readonly messages: readonly Waiting[]; readonly end: number }
  /** Messages that were not picked. */
  left(): number
}

export interface PickerJob {
  /** True when a message that an earlier owner may have sent may be sent again. */
  readonly mayRepeatDoubtful: boolean
  /** Milliseconds that a message in doubt waits for a receipt; undefined where none can settle it. */
  readonly awaitMs?: number | undefined
  /** Messages to start, at most, before the chunk is given back. */
  readonly most: number
  readonly clock: Clock
  /** True once other policies are in force than those of this chunk: it is given back, and claimed with them. */
  isOutdated(): boolean
  readonly policies: Policies
  /** The message as policies see it, with its text. */
  candidate(message: Waiting): Candidate
  /** Called with a policy that threw, and what it threw. */
  onPolicyFailure(policy: Policy, error: unknown): void
  /** Called with a message that cannot be rendered, and why. */
  onPoison(message: Waiting, error: unknown): void
}

export function openPicker(
  lease: Pick<Lease, 'started_upto' | 'awaiting'>,
  messages: readonly Waiting[],
  job: PickerJob,
): Picker {
  const claimed = { startedUpto: BigInt(lease.started_upto), awaiting: lease.awaiting }
  let back: Waiting[] = []
  let next = 0
  let picked = 0
  return {
    pick: (free) => {
      const room = Math.min(free, job.most - picked)
      const batch: Call[] = []
      const results: Result[] = []
      while (batch.length < room) {
        const message = back.shift() ?? messages[next++]
        if (!message) break
        const call = prepareCall(message, job, claimed)
        if ('message' in call) batch.push(call)
        else results.push(call)
      }
      next = Math.min(next, messages.length)
      picked += batch.length
      return { batch, unsent: results }
    },
    putBack: (calls) => {
      picked -= calls.length
      if (calls.length > 0) back = [...calls.map(({ message }) => message), ...back]
    },
    refuse: (calls, code) => {
      picked -= calls.length
      return calls.map(({ message }) => refused(message, code, isInDoubt(message, claimed.startedUpto)))
    },
    position: () => next,
    upcoming: (most) => {
      const end = Math.min(messages.length, next + Math.max(0, most - back.length))
      return { messages: [...back, ...messages.slice(next, end)], end }
    },
    left: () => back.length + messages.length - next,
  }
}

/**
 * Race 19: a message that cannot be sent gets a result of its own, and never holds up the others. Race 10: one that is in
 * doubt may have been sent before, and is not called skipped or failed.
 */
function prepareCall(
  message: Waiting,
  job: PickerJob,
  { startedUpto, awaiting }: { readonly startedUpto: bigint; readonly awaiting: boolean },
): Call | Result {
  if (awaiting) return unsent(message, 'unknown', 'receipt.missing')
  const inDoubt = isInDoubt(message, startedUpto)
  if (inDoubt && !job.mayRepeatDoubtful) return lost(message, job.awaitMs)
  const candidate = job.candidate(message)
  try {
    const decision = decide(job.policies, candidate, job.onPolicyFailure)
    if (decision.kind !== 'send') return heldBack(message, decision, inDoubt)
    const { withinMs } = decision
    const call = { message, text: candidate.text(), template: candidate.template() }
    return withinMs === undefined ? call : { ...call, latest: job.clock.elapsed() + withinMs }
  } catch (error) {
    job.onPoison(message, error)
    return unsent(message, inDoubt ? 'unknown' : 'failed', 'poisoned')
  }
}

function heldBack(message: Waiting, decision: Exclude<Decision, { kind: 'send' }>, inDoubt: boolean): Result {
  if (decision.kind === 'defer') return deferred(message, decision.ms, decision.until)
  return refused(message, decision.code, inDoubt)
}

const isInDoubt = ({ id }: Waiting, startedUpto: bigint) => startedUpto > 0n && BigInt(id) <= startedUpto

const refused = (message: Waiting, code: MessageCode, inDoubt: boolean): Result =>
  inDoubt ? unsent(message, 'unknown', 'lease.lost') : unsent(message, 'skipped', code)
