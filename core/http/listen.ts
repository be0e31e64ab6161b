/** Listens on a port for HTTP, and stops in order. */
import type { Clock } from '../clock.ts'
import { AppError, BootError, errors } from '../errors.ts'
import type { Fetch } from '../host/plugin.ts'
import type { Log } from '../log/log.ts'
import { errorResponse } from './edge.ts'
import { ownUrl } from './own-url.ts'
import { protect } from './protect.ts'
import { overSocket } from './socket.ts'

/** Seconds; the slowest call, one that stores a full body, must fit. */
const IDLE_SECONDS = 120

export interface Place {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** The setting that names the port. */
  readonly setting: string
}

interface Tools {
  readonly clock: Clock
  readonly log: Log
  /** Default: 120. */
  readonly idleSeconds?: number
}

export interface Listening {
  /** `http://localhost:8080` */
  readonly url: string
  /** Requests under way are answered; connections that stay open after so many seconds are cut. */
  stop(seconds: number): Promise<void>
}

/** @throws BootError in one line, when it cannot */
export function listen({ host, port, setting }: Place, fetch: Fetch, tools: Tools): Listening {
  const { clock } = tools
  const server = serve({ host, port, setting }, fetch, tools)
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

function serve(
  { host, port, setting }: Place,
  fetch: Fetch,
  { log, idleSeconds = IDLE_SECONDS }: Tools,
): Bun.Server<undefined> {
  try {
    return Bun.serve({
      hostname: host,
      port,
      fetch: overSocket(fetch, idleSeconds),
      idleTimeout: idleSeconds,
      // Bun's own pages of errors show paths and source.
      development: false,
      error: (error) => {
        log.error({ err: error }, 'Request failed')
        return protect(errorResponse(new AppError(errors.INTERNAL_ERROR, 'Internal error')))
      },
    })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'EADDRINUSE')
      throw new BootError(
        `Cannot listen on ${host}:${port}: the port is taken. Stop what uses it, or set ${setting} to another`,
      )
    throw new BootError(`Cannot listen on ${host}:${port}: ${message}. Check HOST and ${setting}`)
  }
}
