/** The socket that a request came over: its caller, and how long it may be idle. */

type Server = Pick<Bun.Server<undefined>, 'timeout' | 'requestIP'>
const servers = new WeakMap<Request, Server>()

/** The caller's IP address; undefined for a request that did not come over a socket of this process. */
export const callerOf = (request: Request): string | undefined => servers.get(request)?.requestIP(request)?.address

type Fetch = (request: Request) => Response | Promise<Response>

/**
 * Bun cuts a connection `idleTimeout` after the client last said something, whatever is written to it; of a body it
 * notices only 16 KB a second and more. Whoever reads a body limits its silence (`readArriving`), and can answer. A
 * stream of events has heartbeats, and a write that fails tells when nobody is there any more: it may be idle for ever.
 * @param idleSeconds the server's `idleTimeout`
 */
export function overSocket(fetch: Fetch, idleSeconds: number) {
  return async (request: Request, server: Server): Promise<Response> => {
    servers.set(request, server)
    const hasBody = request.body !== null
    if (hasBody) server.timeout(request, 0)
    const response = await fetch(request)
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) server.timeout(request, 0)
    else if (hasBody) server.timeout(request, idleSeconds)
    // The rest of the body may come yet, and is no request.
    if (response.status === 408) response.headers.set('connection', 'close')
    return response
  }
}
