/** Outcome of a message by the provider's HTTP answer. */
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { fieldOf, idOf } from '../../core/messaging/senders/json.ts'
import { DEFAULT_RETRY_AFTER_MS, retryAfterMs } from '../../core/messaging/senders/provider-call.ts'

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

/**
 * The provider's name for the message: `id` of the JSON answer, a text or a whole number. Undefined when there is none that
 * can be stored.
 */
export function providerId(body: string | undefined): string | undefined {
  try {
    return idOf(fieldOf(JSON.parse(body ?? ''), 'id'))
  } catch {
    return undefined
  }
}
