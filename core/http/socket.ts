/** The socket that a request came over: its caller, and how long it may be idle. */

type Server = Pick<Bun.Server<undefined>, 'timeout' | 'requestIP'>
const servers = new WeakMap<Request, Server>()

/** The caller's IP address; undefined for a request that did not come over a socket of this process. */
export const callerOf = (request: Request): string | undefined => servers.get(request)?.requestIP(request)?.address

type Fetch = (request: Request) => Response | Promise<Response>

/**
 * Bun ends a connection on which the client has said nothing for `idleTimeout`, whatever is written to it. A stream of
 * events has heartbeats, and a write that fails tells when nobody is there any more: it may be idle for ever.
 */
export function overSocket(fetch: Fetch) {
  return async (request: Request, server: Server): Promise<Response> => {
    servers.set(request, server)
    const response = await fetch(request)
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) server.timeout(request, 0)
    return response
  }
}
