/** Handles every request before and after its route: gives it an id, lets it in or not, and logs it. */
import { AppError, errors } from '../errors.ts'
import type { Log } from '../log/log.ts'
import { maskPhones } from '../log/mask.ts'
import { addressed, inspect, pathOf } from './address.ts'
import type { Authenticate } from './keys.ts'
import { anonymous, type Principal, principalOf, setPrincipal } from './principal.ts'
import { protect } from './protect.ts'
import { refusalFor } from './refusal.ts'
import { openRefusedKeys } from './refused-keys.ts'
import { callerOf } from './socket.ts'

export type Fetch = (request: Request, ...rest: unknown[]) => Response | Promise<Response>

const requestIds = new WeakMap<Request, string>()

/** The id under which the log tells of a request. */
export const idOf = (request: Request): string => requestIds.get(request) ?? 'none'

export function errorResponse(refusal: AppError): Response {
  const { code, message, details } = refusal
  const error = details === undefined ? { code, message } : { code, message, details }
  // A 401 must name the scheme that it wants (RFC 9110 15.5.2).
  const headers = code === errors.UNAUTHORIZED.code ? { 'www-authenticate': 'Bearer' } : {}
  return Response.json({ error }, { status: refusal.status, headers })
}

/** Answers an error; one that nobody foresaw is logged, and answered with nothing but the request's id. */
export function answerError(error: unknown, request: Request, log: Log): Response {
  const refusal = refusalFor(error)
  if (refusal?.status === 503) log.warn({ err: error, request_id: idOf(request), code: refusal.code }, refusal.message)
  if (refusal) return errorResponse(refusal)
  const id = idOf(request)
  log.error({ err: error, request_id: id }, 'Request failed')
  return errorResponse(
    new AppError(errors.INTERNAL_ERROR, `Internal error: the log has the details under request ${id}`),
  )
}

export interface Admission {
  readonly authenticate: Authenticate
  /** Says whether everybody gets an answer at this path. */
  isOpen(method: string, path: string): boolean
  /** Says whether the route at this path takes requests as they come. */
  isVerbatim(method: string, path: string): boolean
}

/** @throws AppError for a caller who is not known, where only those get an answer who are */
function admit({ authenticate, isOpen }: Admission, { method, url, headers }: Request): Principal {
  const caller = authenticate(headers)
  if (!(caller instanceof AppError)) return caller
  if (isOpen(method, pathOf(url))) return anonymous
  throw caller
}

/** Wraps the whole server; nothing leaves it that is not in the promised form. */
export function edge(log: Log, admission: Admission): (fetch: Fetch) => Fetch {
  const tellRefused = openRefusedKeys(log, () => performance.now())
  return (fetch) =>
    async (received, ...rest) => {
      const from = performance.now()
      const request = addressed(received)
      const id = requestId(request.headers.get('x-request-id'))
      requestIds.set(request, id)
      let response: Response
      try {
        setPrincipal(request, admit(admission, request))
        inspect(request.url, admission.isVerbatim(request.method, pathOf(request.url)))
        response = await fetch(request, ...rest)
      } catch (error) {
        if (error instanceof AppError && error.code === errors.UNAUTHORIZED.code)
          tellRefused(
            {
              address: callerOf(received),
              method: request.method,
              path: maskPhones(pathOf(request.url)),
              request_id: id,
            },
            error.message,
          )
        response = answerError(error, request, log)
      }
      const answer = finish(request, response, id)
      logRequest(log, request, answer.status, performance.now() - from)
      return answer
    }
}

/** Requests that only read are logged at debug level; of the others the log says who made them. */
function logRequest(log: Log, request: Request, status: number, ms: number): void {
  const { method, url } = request
  const reads = method === 'GET' || method === 'HEAD'
  const line = {
    request_id: idOf(request),
    method,
    path: maskPhones(pathOf(url)),
    ...(!reads && { actor: principalOf(request).actor }),
    status,
    ms: Math.round(ms * 10) / 10,
  }
  log[reads ? 'debug' : 'info'](line, 'request')
}

/** The caller's own id where it is a plain word, so that a log cannot be forged with it. */
function requestId(given: string | null): string {
  return given && /^[\w.-]{1,64}$/.test(given) ? given : crypto.randomUUID()
}

function finish(request: Request, response: Response, id: string): Response {
  const bare = request.method === 'HEAD' && response.body !== null
  const answer = bare ? new Response(null, response) : response
  answer.headers.set('x-request-id', id)
  return protect(answer)
}
