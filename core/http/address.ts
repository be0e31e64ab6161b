/** The address of a request: read in one way by all that look at it. */
import { AppError, errors } from '../errors.ts'

/** Addresses that the router reads correctly: it looks for the path from the twelfth character on. */
const readable = /^https?:\/\/[^/?#]{4,}\//

/**
 * The request under an address that the router and `pathOf` take for the same: a host that is short, missing or malformed
 * (all are the caller's to choose) would shift where the router sees the path begin, and so lead past the keys.
 */
export function addressed(request: Request): Request {
  if (readable.test(request.url)) return request
  return new Request(`http://localhost${request.url.replace(/^https?:\/\/[^/?#]*/, '')}`, request)
}

export function pathOf(url: string): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/'
}

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])

/**
 * @param mayRepeat whether the query may give a parameter more than once
 * @throws AppError for an address that could be read in more than one way
 */
export function inspect(url: string, mayRepeat: boolean): void {
  if (!isDecodable(pathOf(url))) throw refuse('path', 'The path holds an invalid percent-encoding')
  const at = url.indexOf('?')
  if (at < 0) return
  const query = url.slice(at + 1)
  if (!isDecodable(query)) throw refuse('query', 'The query holds an invalid percent-encoding')
  if (mayRepeat) return
  const seen = new Set<string>()
  for (const name of new URLSearchParams(query).keys()) {
    const shortName = name.slice(0, 64)
    if (seen.has(name)) throw refuse(`query.${shortName}`, `query.${shortName} must be given only once`)
    seen.add(name)
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
