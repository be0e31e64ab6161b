/**
 * Working off one leased chunk in a sliding window: at most `window` messages are started and not yet reported. Each
 * flush reports what came in and asks for the right to start as many more; only when it is granted are they sent.
 */

import { failpoint } from '../../core/failpoint.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import type { Waiting } from '../../core/messaging/chunk/read.ts'
import type { Flush, Flushed } from '../../core/messaging/chunk/report.ts'
import type { Settled } from '../../core/messaging/chunk/settled.ts'
import { isBlank } from '../../core/text/invisible.ts'
import { type Call, type CallTools, openCalls } from './calls.ts'
import { unsent } from './settle.ts'

export interface ChunkTools extends CallTools {
  /** Messages started and not yet reported, at most. */
  readonly window: number
  /** Messages to start, at most, before the chunk is given back. */
  readonly most: number
  /** Milliseconds from asking for a window in which its calls may be begun, so that they end while the lease holds. */
  readonly startWithinMs: number
  render(message: Waiting): string
  /** Is told of a message that cannot be rendered, and why. */
  onPoison(message: Waiting, error: unknown): void
  /** True once the campaign's time is over: what was not started is skipped. */
  expired(): boolean
  /** Writes down; must be idempotent, and keep trying until it is done. */
  flush(flush: Flush): Promise<Flushed>
}

/** Outcomes wait at most this long for others to be written down with them. */
const FLUSH_AFTER_MS = 25

/**
 * Resolves when the chunk is done, lost to another owner, or given back because `stop` aborted.
 * @returns how many messages were settled
 */
export async function workChunk(
  lease: Lease,
  messages: readonly Waiting[],
  tools: ChunkTools,
  stop: AbortSignal,
  kill: AbortSignal,
): Promise<number> {
  const { window, flush, clock } = tools
  const calls = openCalls(tools, kill, { count: Math.ceil(window / 2), afterMs: FLUSH_AFTER_MS })
  const pick = openPick(lease, messages, tools)
  let unstarted = 0
  let startedUpto = lease.started_upto
  let ours = true
  let count = 0
  for (;;) {
    const { batch, settled, rest } = pick(stop.aborted || !ours ? 0 : window - calls.inFlight())
    const report = settled.length === 0 ? calls.drain() : [...calls.drain(), ...settled]
    const last = batch.length === 0 && calls.inFlight() === 0
    if (last || report.length > 0 || batch.length > 0) {
      const upto = laterId(startedUpto, batch.at(-1)?.message.id)
      const inFlight = calls.inFlight() + batch.length
      const asked = clock.elapsed()
      // What is not settled in the end is left to the next owner.
      const left = rest + unstarted + calls.left()
      const next = !last ? 'keep' : left === 0 ? 'done' : 'release'
      const { granted } = await flush({ settled: report, startedUpto: upto, inFlight, next })
      count += report.length
      // Race 12: a process that was suspended meanwhile may have lost the lease without knowing.
      ours &&= granted && clock.elapsed() - asked < tools.startWithinMs
      if (last) break
      if (batch.length > 0 && ours && !stop.aborted) {
        startedUpto = upto
        await failpoint('window.granted')
        calls.start(batch)
        await failpoint('window.started')
      } else unstarted += batch.length
    }
    await calls.news()
  }
  calls.close()
  return count
}

function laterId(a: string, b: string | undefined): string {
  return b !== undefined && BigInt(b) > BigInt(a) ? b : a
}

/** Takes the next messages to start; those that will not be sent come back settled at once. */
function openPick(lease: Lease, messages: readonly Waiting[], tools: ChunkTools) {
  const { expired, most } = tools
  const startedUpto = BigInt(lease.started_upto)
  let next = 0
  let started = 0
  return (free: number) => {
    const room = Math.min(free, most - started)
    const batch: Call[] = []
    const settled: Settled[] = []
    while (next < messages.length && batch.length < room) {
      const message = messages[next++]
      if (!message) break
      const call = expired() ? unsent(message, 'skipped', 'expired') : prepareCall(message, tools, startedUpto)
      if ('message' in call) batch.push(call)
      else settled.push(call)
    }
    started += batch.length
    return { batch, settled, rest: messages.length - next }
  }
}

type PrepareTools = Pick<ChunkTools, 'render' | 'idempotent' | 'onPoison'>

/** A message that cannot be sent is settled by itself: it never holds up the others (race 19). */
function prepareCall(message: Waiting, tools: PrepareTools, startedUpto: bigint): Call | Settled {
  const inDoubt = startedUpto > 0n && BigInt(message.id) <= startedUpto
  if (inDoubt && !tools.idempotent) return unsent(message, 'unknown', 'lease.lost')
  if (message.phone === null) return unsent(message, 'skipped', 'customer.deleted')
  try {
    const text = tools.render(message)
    return isBlank(text) ? unsent(message, 'skipped', 'message.empty') : { message, text }
  } catch (error) {
    tools.onPoison(message, error)
    return unsent(message, inDoubt ? 'unknown' : 'failed', 'poisoned')
  }
}
