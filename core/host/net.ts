/**
 * `fetch` for a plugin that named the hosts it talks to. It reaches these and no other, follows no redirect, and bounds the
 * time and the size of an answer. A guard rail: code that means to can open a socket without it.
 */
export class NetRefused extends Error {
  override readonly name = 'NetRefused'
}

export interface Net {
  /** As `fetch` of the platform. A redirect is an answer like another one: it is not followed. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}

export interface NetLimits {
  /** For the call and its answer together, in milliseconds. */
  readonly timeoutMs: number
  /** Bytes of an answer, after decompression. */
  readonly maxBytes: number
}

export const NET_LIMITS: NetLimits = { timeoutMs: 30_000, maxBytes: 1024 * 1024 }

export type Transport = (request: Request) => Promise<Response>

/** @returns `https://host` of a grant, or what is wrong with it */
export function readHost(grant: string): { readonly origin: string } | { readonly problem: string } {
  if (grant.includes('*')) return { problem: 'a host has no "*"' }
  const url = URL.parse(/^https?:\/\//.test(grant) ? grant : `https://${grant}`)
  const origin = url && placeOf(url)
  if (!origin) return { problem: 'it is not a host' }
  const written = origin.replace(/^https:\/\//, '')
  if (written.split('/').at(-1)?.replace(/:\d+$/, '').endsWith('.')) return { problem: 'a host has no dot at its end' }
  return written === grant ? { origin } : { problem: `write "${written}"` }
}

/** An address without path, user and password. `origin` will not do: that of a `blob:` is that of what made it. */
const placeOf = ({ protocol, host }: URL) =>
  host !== '' && (protocol === 'https:' || protocol === 'http:') ? `${protocol}//${host}` : undefined

/**
 * @param hosts `api.example.org`, `api.example.org:8443`, or with `http://` before it
 * @param transport makes the call
 */
export function openNet(
  plugin: string,
  hosts: readonly string[],
  transport: Transport = (request) => fetch(request),
  { timeoutMs, maxBytes }: NetLimits = NET_LIMITS,
): Net {
  const places = new Set(hosts.flatMap((host) => ('origin' in readHost(host) ? [readHost(host)] : [])).map(originOf))
  return Object.freeze({
    fetch: async (input: string | URL | Request, init: RequestInit = {}) => {
      const url = allowed(plugin, places, input instanceof Request ? input.url : String(input))
      // A Request of its own sheds what Bun's fetch takes besides, such as a proxy or a socket.
      const asked = new Request(input, init)
      const headers = new Headers(asked.headers)
      headers.delete('host')
      const request = new Request(asked, {
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([asked.signal, AbortSignal.timeout(timeoutMs)]),
      })
      return bounded(await transport(request), maxBytes, `The answer of "${url.host}" to plugin "${plugin}"`)
    },
  })
}

const originOf = (host: ReturnType<typeof readHost>) => ('origin' in host ? host.origin : '')

function allowed(plugin: string, places: ReadonlySet<string>, address: string): URL {
  const url = URL.parse(address)
  if (!url) throw new NetRefused(`Cannot fetch "${address.slice(0, 100)}": it is not a whole address`)
  const place = placeOf(url)
  if (place === undefined)
    throw new NetRefused(
      `Cannot fetch a "${url.protocol}" address: plugin "${plugin}" may use https:// and http:// only`,
    )
  if (url.username !== '' || url.password !== '')
    throw new NetRefused(`Cannot fetch from "${url.host}" with a user in the address: use an Authorization header`)
  if (!places.has(place))
    throw new NetRefused(
      `Cannot reach "${url.host}": plugin "${plugin}" was not granted "net:${place.replace(/^https:\/\//, '')}"`,
    )
  return url
}

function bounded(response: Response, maxBytes: number, what: string): Response {
  const tooLarge = () => new NetRefused(`${what} is larger than ${maxBytes} bytes`)
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    void response.body?.cancel().catch(() => {})
    throw tooLarge()
  }
  if (!response.body) return response
  let read = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      read += chunk.byteLength
      if (read > maxBytes) controller.error(tooLarge())
      else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(count), { status, statusText, headers })
}
