/** What happens to every request before and after its route: it gets an id, is looked over, and is logged. */
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import { refusalFor } from './refusal.ts'

export type Fetch = (request: Request, ...rest: unknown[]) => Response | Promise<Response>

const requestIds = new WeakMap<Request, string>()

export const idOf = (request: Request): string => requestIds.get(request) ?? 'none'

export function errorResponse(refusal: AppError): Response {
  const { code, message, details } = refusal
  const error = details === undefined ? { code, message } : { code, message, details }
  return Response.json({ error }, { status: refusal.status })
}

/** Answers an error; one that nobody foresaw is logged in full and answered with nothing but the request's id. */
export function answerError(error: unknown, request: Request, log: Log): Response {
  const refusal = refusalFor(error)
  if (refusal?.status === 503) log.warn({ err: error, request_id: idOf(request) }, 'the database is unavailable')
  if (refusal) return errorResponse(refusal)
  const id = idOf(request)
  log.error({ err: error, request_id: id }, 'a request failed')
  return errorResponse(new AppError('INTERNAL_ERROR', `Something went wrong on our side; the log tells more of ${id}`))
}

/** Wraps the whole server; nothing leaves it that is not in the promised form. */
export function edge(log: Log): (fetch: Fetch) => Fetch {
  return (fetch) =>
    async (request, ...rest) => {
      const from = performance.now()
      const id = requestId(request.headers.get('x-request-id'))
      requestIds.set(request, id)
      let response: Response
      try {
        inspect(request.url)
        response = await fetch(request, ...rest)
      } catch (error) {
        response = answerError(error, request, log)
      }
      const answer = finish(request, response, id)
      const ms = Math.round((performance.now() - from) * 10) / 10
      const line = { request_id: id, method: request.method, path: pathOf(request.url), status: answer.status, ms }
      log[request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info'](line, 'request')
      return answer
    }
}

/** The caller's own id where it is a plain word, so that a log cannot be forged with it. */
function requestId(given: string | null): string {
  return given && /^[\w.:-]{1,100}$/.test(given) ? given : crypto.randomUUID()
}

export function pathOf(url: string): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/'
}

const refuse = (path: string, message: string) => new AppError('INVALID_REQUEST', message, [{ path, message }])

/** @throws AppError for an address that could be read in more than one way. */
function inspect(url: string): void {
  if (!isDecodable(pathOf(url))) throw refuse('path', 'The path holds an invalid percent-encoding')
  const at = url.indexOf('?')
  if (at < 0) return
  const query = url.slice(at + 1)
  if (!isDecodable(query)) throw refuse('query', 'The query holds an invalid percent-encoding')
  const seen = new Set<string>()
  for (const name of new URLSearchParams(query).keys()) {
    const shown = name.slice(0, 64)
    if (seen.has(name)) throw refuse(`query.${shown}`, `query.${shown} must be given only once`)
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

function finish(request: Request, response: Response, id: string): Response {
  const bare = request.method === 'HEAD' && response.body !== null
  const answer = bare ? new Response(null, response) : response
  answer.headers.set('x-request-id', id)
  return answer
}
