/** One call to a provider over HTTP: its answer, or the outcome of a call that brought none. */
import type { Clock } from '../../clock.ts'
import type { Net } from '../../host/net.ts'
import type { Meaning } from './code-table.ts'
import type { Outcome } from './outcome.ts'

export interface ProviderAnswer {
  readonly kind: 'answer'
  readonly status: number
  readonly headers: Headers
  /** Empty where it could not be read to its end. */
  readonly text: string
  /** The text as JSON; undefined where it is none. */
  readonly json: unknown
  /** Bounded; undefined where the answer names no time. */
  readonly retryAfterMs: number | undefined
}

/** The pause after a 429 that names none, in milliseconds. */
export const DEFAULT_RETRY_AFTER_MS = 1_000
/** A shorter pause than this is taken as this, so that `Retry-After: 0` does not become a busy loop. */
const MIN_RETRY_AFTER_MS = 100
/** A longer pause than this is taken as this, so that a provider's mistake cannot park a campaign for years. */
const MAX_RETRY_AFTER_MS = 3_600_000

/**
 * Failures of `fetch` after which no request can have left. Any other may come after the provider has read the request; so
 * may EPROTO, although its text names the handshake alone, and ECONNRESET (both tried against real sockets).
 */
const neverLeft =
  /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_\w+|\w*CERT\w*|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/

/** The outcome of a call without an answer, by the code of what `fetch` threw; `aborted` where its time was over. */
export function failureOf(code: string): Outcome {
  if (neverLeft.test(code)) return { kind: 'rejected', code: 'provider.unreachable', permanent: false }
  return { kind: 'unknown', code: code === 'aborted' ? 'timeout' : 'connection.lost' }
}

export const errorCodeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

/**
 * @param net reaches the provider's host alone, follows no redirect and bounds the answer's size
 * @param signal aborted at the end of the sender's time
 * @returns the answer, whatever its status; never rejects
 */
export async function callProvider(
  { net, clock }: { readonly net: Net; readonly clock: Clock },
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<ProviderAnswer | Outcome> {
  try {
    const response = await net.fetch(url, {
      ...init,
      headers: { Accept: 'application/json', 'User-Agent': 'campaign-dispatch', ...(init.headers as object) },
      signal,
    })
    const text = await response.text().catch(() => '')
    return {
      kind: 'answer',
      status: response.status,
      headers: response.headers,
      text,
      json: parse(text),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), clock.now()),
    }
  } catch (error) {
    return failureOf(signal.aborted ? 'aborted' : errorCodeOf(error))
  }
}

/**
 * The outcome by the status of an answer whose body says nothing: 401, 402 and 403 turn the account away; 408 and 5xx may
 * come from a proxy after the provider has the message, and leave it in doubt; a 429 that the provider did not sign may too.
 * @param answered whether the body is the provider's own, which it writes before it takes a message
 */
export function outcomeByStatus({ status, retryAfterMs }: ProviderAnswer, answered: boolean): Outcome {
  const providerCode = String(status)
  if (status === 429 && (answered || retryAfterMs !== undefined))
    return { kind: 'throttled', of: 'sender', retryAfterMs: retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, providerCode }
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'unknown', code: 'provider.unavailable', providerCode }
  if (status === 401 || status === 402 || status === 403)
    return { kind: 'unusable', code: 'provider.account', providerCode }
  if (status < 400 || status === 404 || status === 405)
    return { kind: 'unusable', code: 'provider.refused', providerCode }
  return { kind: 'rejected', code: 'provider.rejected', permanent: true, providerCode }
}

/** The meaning of a provider's code that is in no table, by the status of its answer. */
export function meaningByStatus(status: number): Meaning {
  if (status === 429) return 'throttled'
  if (status === 408 || status >= 500) return 'unknown'
  if (status === 401 || status === 402 || status === 403) return 'stop_sender'
  return 'rejected'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
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
