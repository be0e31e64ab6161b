/** Comparison of secrets, and signatures made with them. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Takes as long for a wrong text as for the right one, whatever their lengths. */
export const isSameSecret = (expected: string, given: string | null | undefined): boolean =>
  timingSafeEqual(digest(expected), digest(given ?? '')) && typeof given === 'string'

/** HMAC-SHA256 of raw bytes, in hexadecimal digits. */
export const hmacSha256 = (key: string, bytes: Uint8Array): string =>
  createHmac('sha256', key).update(bytes).digest('hex')
