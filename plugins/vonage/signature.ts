/**
 * Signature of what Vonage posts: a JWT under the account's signature secret that names the body's hash. The algorithm is
 * fixed here: a token that names another one is not what Vonage signs webhooks with.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export interface Signed {
  readonly secret: string
  /** The header `Authorization`. */
  readonly authorization: string | null
  readonly body: Uint8Array
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The oldest token that counts, and how far a clock may be behind the one that made it. */
const MOST_AGE_SECONDS = 15 * 60
const MOST_SKEW_SECONDS = 5 * 60

export function isSigned({ secret, authorization, body, now }: Signed): boolean {
  const [, header = '', payload = '', signature = ''] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? []
  if (decode(header)?.alg !== 'HS256') return false
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')
  if (!equal(signature, expected)) return false
  const { iss, iat, exp, nbf, payload_hash } = decode(payload) ?? {}
  if (iss !== 'Vonage' || typeof iat !== 'number') return false
  const seconds = now / 1000
  if (iat < seconds - MOST_AGE_SECONDS || iat > seconds + MOST_SKEW_SECONDS) return false
  if (exp !== undefined && !(typeof exp === 'number' && exp > seconds - MOST_SKEW_SECONDS)) return false
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf < seconds + MOST_SKEW_SECONDS)) return false
  return typeof payload_hash === 'string' && equal(payload_hash.toLowerCase(), hashOf(body))
}

const hashOf = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')

/** A part of the token; undefined when it is no JSON object. */
function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
