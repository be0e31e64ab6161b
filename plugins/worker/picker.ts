/** Picks the next messages of a chunk to start; those that are not to be sent get their result at once. */
import type { Lease, Result, Waiting } from '../../core/messaging/chunk/work.ts'
import type { MessageCode } from '../../core/messaging/senders/codes.ts'
import { isBlank } from '../../core/text/invisible.ts'
import type { Call } from './calls.ts'
import { unsent } from './result.ts'

export interface Picker {
  /** The next messages in order, `room` at most, and the results of those between them that are not to be sent. */
  pick(room: number): { readonly batch: readonly Call[]; readonly unsent: readonly Result[] }
  /** Takes back the end of the batch that was picked last: these messages were not started, and are the next ones. */
  putBack(calls: readonly Call[]): void
  /** Messages that were not picked. */
  left(): number
}

export interface PickerJob {
  /** True when a message may be sent again with its key. */
  readonly idempotent: boolean
  /** Messages to start, at most, before the chunk is given back. */
  readonly most: number
  render(message: Waiting): string
  /** Called with a message that cannot be rendered, and why. */
  onPoison(message: Waiting, error: unknown): void
  /** True once the campaign's time is over: what was not started is skipped. */
  expired(): boolean
}

export function openPicker(lease: Pick<Lease, 'started_upto'>, messages: readonly Waiting[], job: PickerJob): Picker {
  const startedUpto = BigInt(lease.started_upto)
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
        const call = prepareCall(message, job, startedUpto)
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
    left: () => back.length + messages.length - next,
  }
}

/**
 * Race 19: a message that cannot be sent gets a result of its own, and never holds up the others. Race 10: one that is in
 * doubt may have been sent before, and is not called skipped or failed.
 */
function prepareCall(message: Waiting, job: PickerJob, startedUpto: bigint): Call | Result {
  const inDoubt = startedUpto > 0n && BigInt(message.id) <= startedUpto
  const skipped = (code: MessageCode) =>
    inDoubt ? unsent(message, 'unknown', 'lease.lost') : unsent(message, 'skipped', code)
  if (inDoubt && !job.idempotent) return unsent(message, 'unknown', 'lease.lost')
  if (job.expired()) return skipped('expired')
  if (message.phone === null) return skipped('customer.deleted')
  try {
    const text = job.render(message)
    return isBlank(text) ? skipped('message.empty') : { message, text }
  } catch (error) {
    job.onPoison(message, error)
    return unsent(message, inDoubt ? 'unknown' : 'failed', 'poisoned')
  }
}
