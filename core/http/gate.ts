/**
 * The gate of every port: which requests may come in at all, before keys are asked for. A browser sends requests in the
 * name of any page that it shows, and without API_KEYS the address of the caller is all that protects the service, so
 * that pages of other sites are kept out by what browsers say of them (Fetch Metadata, https://w3c.github.io/webappsec-fetch-metadata/,
 * and Origin, RFC 6454). Programs such as curl send neither header and come in.
 */
import { AppError, errors } from '../errors.ts'
import type { Log } from '../log/log.ts'
import { maskPhones } from '../log/mask.ts'
import { addressed, pathOf } from './address.ts'
import { errorResponse } from './edge.ts'
import { protect } from './protect.ts'

type Fetch = (request: Request) => Response | Promise<Response>

export interface Gate {
  readonly log: Log
  /** True where every client that reaches the port may do everything. */
  readonly keyless: boolean
  /** Public address besides the port's own: a reverse proxy may pass on its name. */
  readonly publicUrl?: string | undefined
  /** The setting of the public address, where there is one. */
  readonly publicSetting?: string | undefined
  /** Paths that are open to the internet: they answer under whatever name they are called by. */
  readonly isPublic?: ((path: string) => boolean) | undefined
}

const here = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
const malformed = /[^A-Za-z0-9.:_[\]-]/

/** Wraps what answers a port: whatever it refuses or fails to answer is answered in the one form of errors. */
export function behindGate(fetch: Fetch, gate: Gate): Fetch {
  return async (request) => {
    try {
      admit(request, gate)
      return await fetch(addressed(request))
    } catch (error) {
      return refuse(error, request, gate.log)
    }
  }
}

/** @throws AppError for a request that may not come in */
export function admit({ method, headers, url }: Request, gate: Gate): void {
  const own = ownUrl(headers.get('host'))
  if (gate.keyless && own && !gate.isPublic?.(pathOf(url))) requireKnownHost(own, gate)
  if (headers.get('host') !== null && !URL.canParse(url)) throw badHost()
  if (!isForeign(headers, () => [...originsOf(own), ...originsOf(parsed(gate.publicUrl))])) return
  if (isLink(method, headers)) return
  throw new AppError(errors.FOREIGN_ORIGIN, 'Requests from pages of other sites are refused')
}

/**
 * The address that Host names. A page whose own name was made to lead here (DNS rebinding) counts as this site to the
 * browser: only the name tells.
 * @returns undefined without the header, which every browser sends
 * @throws AppError for a header that names no host
 */
function ownUrl(host: string | null): URL | undefined {
  if (host === null) return undefined
  if (host === lastOwn?.host) return lastOwn.url
  const url = malformed.test(host) ? undefined : parsed(`http://${host}`)
  if (!url) throw badHost()
  lastOwn = { host, url }
  return url
}

/** The last that was read: nearly every request names the same. */
let lastOwn: { readonly host: string; readonly url: URL } | undefined

function badHost(): AppError {
  const message = 'The Host header names no valid host or port'
  return new AppError(errors.INVALID_REQUEST, message, [{ path: 'header.host', message }])
}

const parsed = (url: string | undefined): URL | undefined => (url ? (URL.parse(url) ?? undefined) : undefined)

function requireKnownHost(own: URL, { publicUrl, publicSetting }: Gate): void {
  if (here.test(own.hostname) || own.hostname === parsed(publicUrl)?.hostname) return
  const remedy = publicSetting ? `set API_KEYS, or ${publicSetting} to its public address` : 'set API_KEYS'
  throw new AppError(errors.FOREIGN_HOST, `Without API_KEYS this service can be reached on localhost only: ${remedy}`)
}

/** Behind what ends TLS the page is at https. */
const originsOf = (url: URL | undefined): string[] => (url ? [`http://${url.host}`, `https://${url.host}`] : [])

/** The browser's own word counts first: behind a proxy that changes Host, the origin is another one for the same site. */
function isForeign(headers: Headers, origins: () => readonly string[]): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = headers.get('origin')
  return origin !== null && !origins().includes(origin)
}

/** A link elsewhere may lead here: it changes nothing, and the page that holds it does not see where it leads. */
function isLink(method: string, headers: Headers): boolean {
  const reading = method === 'GET' || method === 'HEAD'
  return reading && headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document'
}

function refuse(error: unknown, { method, url, headers }: Request, log: Log): Response {
  const request_id = crypto.randomUUID()
  const line = { request_id, method, path: maskPhones(pathOf(url)).slice(0, 500), host: short(headers.get('host')) }
  const refusal = error instanceof AppError ? error : undefined
  if (refusal) log.warn({ ...line, origin: short(headers.get('origin')), status: refusal.status }, refusal.message)
  else log.error({ ...line, err: error }, 'Request failed')
  const answer = errorResponse(
    refusal ??
      new AppError(errors.INTERNAL_ERROR, `Internal error: the log has the details under request ${request_id}`),
  )
  answer.headers.set('x-request-id', request_id)
  return protect(method === 'HEAD' ? new Response(null, answer) : answer)
}

/** The caller's own words, as long as the log takes them. */
const short = (text: string | null) => (text === null ? undefined : maskPhones(text.slice(0, 100)))
