/** Addresses of this process's own ports, as something on the same machine reaches them. */

/** Addresses that stand for every interface of the machine: whoever listens there is reached by the loopback too. */
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::', '127.0.0.1'])

/**
 * @param host the HOST that the process listens on
 * @returns `http://localhost:8080`, with an IPv6 address in brackets (RFC 3986 3.2.2)
 */
export function ownUrl(host: string, port: number): string {
  if (everywhere.has(host)) return `http://localhost:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
