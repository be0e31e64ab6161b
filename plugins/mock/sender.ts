/**
 * A provider that is not there: accepts most messages, rejects some for now, reports those that it accepted as delivered,
 * and reaches nobody.
 */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log/log.ts'
import type { OpenSender, OutboundMessage, Outcome, SenderUse } from '../../core/messaging/senders/contract.ts'
import { openReceipts } from './receipts.ts'
import { simulatedFate } from './simulator.ts'

export interface MockOptions {
  /** Share of calls that are accepted, from 0 to 1. */
  readonly successRate: number
  /** Milliseconds that each call takes; 0 answers at once, without a timer. */
  readonly latencyMs: number
  /** A whole number, of which the lowest 32 bits count; without one every process draws its own. */
  readonly seed?: number | undefined
  readonly log: Log
  readonly clock: Clock
  /** Stores receipts; undefined: nothing is heard of a message after it was accepted. */
  readonly store?: SenderUse['receipts']
}

/** The longest a call may take, in milliseconds, as with a real provider: a slower mock times out. */
const TIMEOUT_MS = 10_000

const rejected: Outcome = { kind: 'rejected', code: 'provider.rejected', permanent: false }
const delivered = { delivery: 'delivered' } as const
const cutOff: Outcome = { kind: 'unknown', code: 'timeout' }

/**
 * A mock sender. What becomes of a call depends on nothing but the seed, the idempotency key, the attempt and the turn: not on
 * the order of calls, so that a run with a seed repeats. Attempts are counted anew when failed messages are retried by hand,
 * turns are not: such a try is drawn afresh, as a real provider would decide afresh. A call that is aborted before its answer is `unknown`.
 */
export function mockSender({ successRate, latencyMs, seed, log, clock, store }: MockOptions): OpenSender {
  const receipts = store && openReceipts(store, { clock, log })
  const start = seed ?? Math.floor(clock.random() * 2 ** 32)
  const answer = (message: OutboundMessage, signal: AbortSignal): Outcome => {
    if (signal.aborted) return cutOff
    const fate = simulatedFate(message.to)
    // No draw where every message is accepted.
    const accepted = fate !== undefined || successRate >= 1 || draw(start, message) < successRate
    // An empty function while the log is above debug, and nothing is formatted here.
    log.debug({ to: message.to, text: message.text, attempt: message.attempt, accepted }, 'mock sender')
    if (!accepted) return rejected
    const providerId = `mock-${message.messageId}`
    if (fate !== null) receipts?.add({ messageId: message.messageId, providerId, ...(fate ?? delivered) })
    return { kind: 'accepted', id: providerId }
  }
  return {
    timeoutMs: TIMEOUT_MS,
    send: async (batch, signal) => {
      if (latencyMs > 0) await clock.sleep(latencyMs, signal)
      const answers: Outcome[] = []
      for (const message of batch) answers.push(answer(message, signal))
      return answers
    },
    ...(receipts && { close: receipts.close }),
  }
}

/** Uniform in [0, 1): FNV-1a over the key, then MurmurHash3's last mix, so that neighbours share nothing. */
function draw(seed: number, { idempotencyKey: key, attempt, turn }: OutboundMessage): number {
  // Turns are spread, so that no attempt and turn cancel each other out.
  let hash = mix(seed | 0) ^ mix(attempt) ^ mix(Math.imul(turn, 0x10001))
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (mix(hash) >>> 0) / 2 ** 32
}

function mix(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
