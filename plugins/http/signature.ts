/**
 * Signature of what a gateway posts: HMAC-SHA256 under the shared secret over the time of the post, a dot and the raw body.
 * The time is covered, so that a post that somebody has recorded is worth nothing five minutes later.
 */
import type { HookRequest } from '../../core/messaging/senders/hook.ts'
import { hmacSha256, isSameSecret } from '../../core/messaging/senders/secret.ts'

/** Seconds since the epoch, in digits. */
export const TIMESTAMP_HEADER = 'dispatch-timestamp'
/** `sha256=` and 64 hexadecimal digits. */
export const SIGNATURE_HEADER = 'dispatch-signature'

/** Most that the clocks of both sides may differ, in milliseconds; a post is refused when it is older. */
export const TOLERANCE_MS = 5 * 60_000

/** @returns the value of the signature's header */
export function signatureOf(secret: string, timestamp: string, body: Uint8Array): string {
  return `sha256=${hmacSha256(secret, Buffer.concat([Buffer.from(`${timestamp}.`), body]))}`
}

export function isSigned(
  { headers, body }: Pick<HookRequest, 'headers' | 'body'>,
  secret: string,
  nowMs: number,
): boolean {
  const timestamp = headers.get(TIMESTAMP_HEADER) ?? ''
  if (!isSameSecret(signatureOf(secret, timestamp, body), headers.get(SIGNATURE_HEADER))) return false
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs - Number(timestamp) * 1000) <= TOLERANCE_MS
}
