/** Keys of the API: callers show one of those that API_KEYS names. Without keys, everybody may come in. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError, errors } from '../errors.ts'
import { local, type Principal } from './principal.ts'

/** The keys in the text of API_KEYS. */
export function splitKeys(text = ''): string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

/** Says who calls, or why that is not known. */
export type Authenticate = (headers: Headers) => Principal | AppError

/** @param keys have all scopes; without keys everybody is `local`, with all scopes */
export function openKeys(keys: readonly string[]): Authenticate {
  if (keys.length === 0) return () => local
  const known = keys.map((key): KnownKey => {
    const hash = digest(key)
    return { hash, principal: { actor: `key:${hash.toString('hex').slice(0, 8)}`, scopes: 'all' } }
  })
  return (headers) => {
    const key = bearer(headers.get('authorization'))
    if (key === undefined) return unauthorized('An API key is missing: send the header "Authorization: Bearer <key>"')
    return findPrincipal(known, digest(key)) ?? unauthorized('The API key is not valid')
  }
}

interface KnownKey {
  readonly hash: Buffer
  readonly principal: Principal
}

const unauthorized = (message: string) => new AppError(errors.UNAUTHORIZED, message)

/** The scheme may be written in any case (RFC 9110 11.1). */
function bearer(authorization: string | null): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1]
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Compares every hash to its end, so that the time taken tells nothing of any key. */
function findPrincipal(keys: readonly KnownKey[], hash: Buffer): Principal | undefined {
  let principal: Principal | undefined
  for (const key of keys) principal = timingSafeEqual(key.hash, hash) ? key.principal : principal
  return principal
}
