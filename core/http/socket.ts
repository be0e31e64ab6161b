/** What the socket that a request came over must know of its answer. */

type Fetch = (request: Request) => Response | Promise<Response>

/**
 * Bun ends a connection on which the client has said nothing for `idleTimeout`, whatever is written to it. A stream of
 * events has heartbeats, and a write that fails tells when nobody is there any more: it may be idle for ever.
 */
export function overSocket(fetch: Fetch) {
  return async (request: Request, server: Pick<Bun.Server<undefined>, 'timeout'>): Promise<Response> => {
    const response = await fetch(request)
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) server.timeout(request, 0)
    return response
  }
}
