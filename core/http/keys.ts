/** Access to the API: callers show one of the keys that API_KEYS names. Without keys, everybody may come in. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError, errors } from '../errors.ts'
import { docsPaths } from './docs-page.ts'

/** Paths that answer without a key: a load balancer has none, and the documentation says how to use one. */
const openPaths: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready', '/', ...docsPaths])

/** The keys in the text of API_KEYS. */
export function splitKeys(text = ''): string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

/**
 * Opens the check of every request, which throws an AppError UNAUTHORIZED.
 * @param keys none: every request passes
 */
export function openKeys(keys: readonly string[]): (path: string, headers: Headers) => void {
  if (keys.length === 0) return () => {}
  const digests = keys.map(digest)
  return (path, headers) => {
    if (openPaths.has(path)) return
    const given = bearer(headers.get('authorization'))
    if (given === undefined) throw unauthorized('An API key is missing: send the header "Authorization: Bearer <key>"')
    if (!isAmong(digests, digest(given))) throw unauthorized('The API key is not valid')
  }
}

const unauthorized = (message: string) => new AppError(errors.UNAUTHORIZED, message)

/** The scheme may be written in any case (RFC 9110 11.1). */
function bearer(authorization: string | null): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1]
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Compares every digest to its end, so that the time taken tells nothing of any key. */
function isAmong(digests: readonly Buffer[], given: Buffer): boolean {
  let found = false
  for (const one of digests) found = timingSafeEqual(one, given) || found
  return found
}
