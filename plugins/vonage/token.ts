/** Authorization of calls to Vonage: a JWT that the application's key signs, or the account's key and secret. */
import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'

/** Vonage takes a token for a quarter of an hour, unless it says otherwise. */
const TOKEN_SECONDS = 900
/** A token is used again for so long: signing one costs about as much as a call. */
const REUSE_SECONDS = 300

/** @returns undefined when the text is no RSA key */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'))
    return key.asymmetricKeyType === 'rsa' ? key : undefined
  } catch {
    return undefined
  }
}

/** @returns the `Authorization` header of a call made now */
export function openTokens(applicationId: string, key: KeyObject, clock: Clock): () => string {
  let token = ''
  let issued = Number.NEGATIVE_INFINITY
  return () => {
    const now = Math.floor(clock.now() / 1000)
    // A clock that was set back makes a new one too.
    if (Math.abs(now - issued) >= REUSE_SECONDS) {
      issued = now
      token = newToken({ application_id: applicationId, iat: now, exp: now + TOKEN_SECONDS, jti: randomUUID() }, key)
    }
    return `Bearer ${token}`
  }
}

function newToken(claims: object, key: KeyObject): string {
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => encode(JSON.stringify(part))).join('.')
  return `${signed}.${encode(sign('RSA-SHA256', Buffer.from(signed), key))}`
}

const encode = (part: string | Buffer) => Buffer.from(part).toString('base64url')
