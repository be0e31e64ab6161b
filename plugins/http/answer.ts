/** Outcome of a message by the provider's HTTP answer. */
import type { Outcome } from '../../core/messaging/senders/contract.ts'

/** The pause after a 429 that names none, in milliseconds. */
export const DEFAULT_RETRY_AFTER_MS = 1_000
/** A shorter pause than this is taken as this, so that `Retry-After: 0` does not become a busy loop. */
export const MIN_RETRY_AFTER_MS = 100
/** A longer pause than this is taken as this, so that a provider's mistake cannot park a campaign for years. */
export const MAX_RETRY_AFTER_MS = 3_600_000

/**
 * 4xx that another try may get past: the request came too slowly (408, RFC 9110 15.5.9), the first try of this key is
 * still being worked on (409, draft-ietf-httpapi-idempotency-key-header), it came too early (425, RFC 8470 5.2).
 */
const transient4xx = new Set([408, 409, 425])

/** Unauthorized (RFC 9110 15.5.2) and Payment Required (15.5.3): no message of this account would be taken. */
const aboutAccount = new Set([401, 402])

/** Forbidden, Not Found, Method Not Allowed (RFC 9110 15.5.4 to 15.5.6): more likely the address than the message. */
const aboutAddress = new Set([403, 404, 405])

/**
 * The outcome of an answer that is not 2xx. 429: throttled. 503 with a Retry-After: throttled too, since it says how long the
 * provider expects to be away (RFC 9110 10.2.3) and tries made before then are wasted. Other 5xx: rejected for now.
 * 401 and 402: unusable. Other 4xx and 3xx: rejected for good, save `transient4xx`; redirects are not followed, for
 * customers' data goes nowhere but to the configured address.
 */
export function refusal(status: number, retryAfter: string | null, nowMs: number): Outcome {
  const pause = retryAfterMs(retryAfter, nowMs)
  if (status === 429) return { kind: 'throttled', retryAfterMs: pause ?? DEFAULT_RETRY_AFTER_MS }
  if (status === 503 && pause !== undefined) return { kind: 'throttled', retryAfterMs: pause }
  if (status >= 500) return { kind: 'rejected', code: 'provider.unavailable', permanent: false }
  if (aboutAccount.has(status)) return { kind: 'unusable', code: 'provider.account' }
  if (status < 400 || aboutAddress.has(status)) return { kind: 'rejected', code: 'provider.refused', permanent: true }
  return { kind: 'rejected', code: 'provider.rejected', permanent: !transient4xx.has(status) }
}

/** A Retry-After header (RFC 9110 10.2.3: seconds, or a date in any of the three forms) as bounded milliseconds from now. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : httpDate(text) - nowMs
  if (Number.isNaN(ms)) return undefined
  return Math.min(Math.max(Math.ceil(ms), MIN_RETRY_AFTER_MS), MAX_RETRY_AFTER_MS)
}

/** Milliseconds since the epoch, or NaN. An HTTP date is always GMT, but its oldest form (asctime) does not say so. */
function httpDate(text: string): number {
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return Number.NaN
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
}

/**
 * The provider's name for the message: `id` of the JSON answer, a text or a whole number. Undefined when there is none that
 * can be stored: not JSON, empty, over 255 characters, with control characters or half a surrogate pair.
 */
export function providerId(body: string | undefined): string | undefined {
  try {
    const answer: unknown = JSON.parse(body ?? '')
    if (typeof answer !== 'object' || answer === null || !('id' in answer)) return undefined
    const id = Number.isSafeInteger(answer.id) ? String(answer.id) : answer.id
    return typeof id === 'string' && /^\P{Cc}{1,255}$/u.test(id) && id.isWellFormed() ? id : undefined
  } catch {
    return undefined
  }
}
