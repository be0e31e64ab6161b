/** Result of a message, by its sender's outcome and the retry rules. Pure. */

import type { Result } from '../../core/messaging/chunk/work.ts'
import type { MessageCode } from '../../core/messaging/senders/codes.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'

export interface RetryRule {
  readonly maxAttempts: number
  /** Milliseconds to wait before the try after number `attempt`. */
  backoff(attempt: number): number
  /** Milliseconds that a message in doubt waits for a receipt; undefined where none can settle it. */
  readonly awaitMs?: number | undefined
}

/** Deferrals by a provider that says "not now", after which the message fails. */
const MOST_TURNS = 10_000

/** Wait of a message whose sender could deliver nothing: by then the channel's circuit breaker is open. */
const UNUSABLE_MS = 1000

export interface Tried {
  readonly id: string
  /** Tries spent before this one. */
  readonly attempts: number
  readonly turn: number
  readonly text: string | null
}

/**
 * @param idempotent whether the sender delivers once when it is called twice with one key: only then is a message whose
 *   fate is unknown sent again
 */
export function resultOf(tried: Tried, outcome: Outcome, idempotent: boolean, rule: RetryRule): Result {
  const spent = tried.attempts + 1
  // First and by itself, because it is what nearly all messages come to.
  if (outcome.kind === 'accepted')
    return {
      id: tried.id,
      attempts: spent,
      status: 'sent',
      code: null,
      providerId: outcome.id,
      text: tried.text,
      delayMs: 0,
    }
  const base = { id: tried.id, attempts: spent, providerId: null, code: null, text: tried.text, delayMs: 0 }
  const again = (code: MessageCode, last: 'failed' | 'unknown', leastMs = 0): Result =>
    spent >= rule.maxAttempts
      ? { ...base, status: last, code }
      : { ...base, status: 'pending', code, delayMs: Math.max(rule.backoff(spent), leastMs) }
  switch (outcome.kind) {
    case 'rejected':
      // The campaign is paused when everybody's is refused: those that showed it are tried again when it goes on.
      if (outcome.about === 'content') return again(outcome.code, 'failed')
      return outcome.permanent
        ? { ...base, status: 'failed', code: outcome.code }
        : { ...again(outcome.code, 'failed', outcome.retryAfterMs), by: 'other' }
    case 'unknown':
      if (idempotent) return { ...again(outcome.code, 'unknown'), by: 'same' }
      return { ...base, code: outcome.code, ...inDoubt(rule.awaitMs) }
    case 'throttled':
      // A sender that stays throttled would hold the message for ever, beside another that can send it.
      return { ...putOff(tried, base, 'provider.throttled', outcome.retryAfterMs), by: 'other' }
    case 'unusable':
      return putOff(tried, base, outcome.code, UNUSABLE_MS)
  }
}

/** A message that may have been sent stays open while a receipt may settle it. */
const inDoubt = (awaitMs: number | undefined) =>
  awaitMs === undefined
    ? ({ status: 'unknown' } as const)
    : ({ status: 'pending', delayMs: awaitMs, awaiting: true } as const)

/** Result of a message that an earlier owner of its chunk may have sent. */
export function lost(tried: Pick<Tried, 'id' | 'attempts'>, awaitMs: number | undefined): Result {
  return { ...unsent(tried, 'unknown', 'lease.lost'), ...inDoubt(awaitMs) }
}

/** Not now, and at no cost. */
function putOff(tried: Tried, base: Omit<Result, 'status'>, code: MessageCode, delayMs: number): Result {
  const { attempts } = tried
  return tried.turn >= MOST_TURNS
    ? { ...base, attempts, status: 'failed', code }
    : { ...base, attempts, status: 'pending', code, delayMs }
}

/** Result of a message that is not handed to the sender at all. */
export function unsent(
  tried: Pick<Tried, 'id' | 'attempts'>,
  status: 'skipped' | 'failed' | 'unknown',
  code: MessageCode,
): Result {
  return { id: tried.id, attempts: tried.attempts, status, code, providerId: null, text: null, delayMs: 0 }
}

/** Result of a message that is not handed to the sender now: it is asked for again, at no cost. */
export function deferred(tried: Pick<Tried, 'id' | 'attempts'>, delayMs: number, until?: number): Result {
  return {
    id: tried.id,
    attempts: tried.attempts,
    status: 'pending',
    code: null,
    providerId: null,
    text: null,
    delayMs,
    until,
  }
}
