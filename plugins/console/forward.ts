/**
 * The API under the console's own address, so that the page needs no other: /api/campaigns is the API's /campaigns. Keys
 * are the caller's, and answers are passed on as they come, streams too.
 */
import type { Fetch } from '../../core/host/plugin.ts'
import type { ConsoleGrant } from './grant.ts'

type Log = ConsoleGrant['log']

/** Headers that concern one connection and not its request (RFC 9110 7.6.1), or that `fetch` sets itself. */
const own = ['connection', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'accept-encoding']

/** Headers by which a browser tells of its page: the gate of the console's port has judged it, and the API is at another address. */
const browsers = ['cookie', 'origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-user']

/** @param apiUrl undefined: the API of this process */
export function forwardTo(apiUrl: string | undefined, log: Log) {
  return async (request: Request, path: string, api: Fetch): Promise<Response> => {
    const { search } = new URL(request.url)
    const headers = new Headers(request.headers)
    for (const name of [...own, ...browsers]) headers.delete(name)
    if (apiUrl === undefined) return guarded(await api(inner(request, `http://localhost${path}${search}`, headers)))
    try {
      return guarded(await fetch(outer(request, apiUrl.replace(/\/$/, '') + path + search, headers)))
    } catch (error) {
      if (!request.signal.aborted) log.warn({ err: error }, 'The API cannot be reached')
      const message = 'The console cannot reach the API: check API_URL, and that the API is running'
      return Response.json({ error: { code: 'API_UNREACHABLE', message } }, { status: 502 })
    }
  }
}

function inner(request: Request, url: string, headers: Headers): Request {
  const { method, body, signal } = request
  return new Request(url, { method, headers, signal, ...(body ? { body, duplex: 'half' } : {}) } as RequestInit)
}

function outer(request: Request, url: string, headers: Headers): Request {
  return new Request(inner(request, url, headers), { redirect: 'manual' })
}

/** Adds the headers that keep a browser from showing an answer of the API as a page. */
function guarded(response: Response): Response {
  const headers = new Headers(response.headers)
  // `fetch` has decoded the body.
  for (const name of ['content-encoding', 'transfer-encoding', 'connection', 'keep-alive']) headers.delete(name)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox")
  // Overrides the API's own header: answers hold phones and names.
  headers.set('cache-control', 'no-store')
  return new Response(response.body, { status: response.status, headers })
}
