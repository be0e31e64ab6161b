/** Listens on a port for HTTP, and stops in order. */
import type { Clock } from './clock.ts'
import { BootError } from './errors.ts'
import { ownUrl } from './http/own-url.ts'
import { overSocket } from './http/socket.ts'
import type { Fetch } from './plugin.ts'

/** Seconds; a call to /send with 100,000 customers must fit. */
const IDLE_SECONDS = 120

export interface Place {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** The setting that names the port. */
  readonly setting: string
}

export interface Listening {
  /** `http://localhost:8080` */
  readonly url: string
  /** Requests under way are answered; connections that stay open after so many seconds are cut. */
  stop(seconds: number): Promise<void>
}

/** @throws BootError in one line, when it cannot */
export function listen({ host, port, setting }: Place, fetch: Fetch, clock: Clock): Listening {
  const server = serve({ host, port, setting }, fetch)
  return {
    url: ownUrl(host, server.port ?? port),
    stop: async (seconds) => {
      const late = new AbortController()
      await Promise.race([server.stop(), clock.sleep(seconds * 1000, late.signal)])
      late.abort()
      await server.stop(true)
    },
  }
}

function serve({ host, port, setting }: Place, fetch: Fetch): Bun.Server<undefined> {
  try {
    return Bun.serve({ hostname: host, port, fetch: overSocket(fetch), idleTimeout: IDLE_SECONDS })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'EADDRINUSE')
      throw new BootError(
        `Cannot listen on ${host}:${port}: the port is taken. Stop what uses it, or set ${setting} to another`,
      )
    throw new BootError(`Cannot listen on ${host}:${port}: ${message}. Check HOST and ${setting}`)
  }
}
