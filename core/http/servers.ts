/** Ports of one process: the API's, and one for each site, all at the same host and behind the same gate. */
import type { Clock } from '../clock.ts'
import type { Fetch, Site } from '../host/plugin.ts'
import type { Log } from '../log/log.ts'
import { behindGate } from './gate.ts'
import { type Listening, listen, type Place } from './listen.ts'

/** Callers of a port besides those who know it by its own name. */
interface Callers {
  readonly publicUrl?: Site['publicUrl']
  /** Paths that are called by whatever name the port is reached. */
  readonly isPublic?: (path: string) => boolean
}

export interface Servers {
  /** Address that answers: `http://localhost:8080`. @throws BootError when the port is taken */
  open(place: Omit<Place, 'host'>, fetch: Fetch, callers?: Callers): string
  /** Requests under way are answered; connections that stay open after so many seconds are cut. */
  stop(seconds: number): Promise<void>
}

interface ServersOptions {
  readonly host: string
  /** True where every client that reaches a port may do everything. */
  readonly keyless: boolean
  readonly clock: Clock
  readonly log: Log
}

export function openServers({ host, keyless, clock, log }: ServersOptions): Servers {
  const servers: Listening[] = []
  return {
    open: (place, fetch, { publicUrl, isPublic } = {}) => {
      const gate = { log, keyless, publicUrl: publicUrl?.value, publicSetting: publicUrl?.setting, isPublic }
      const server = listen({ host, ...place }, behindGate(fetch, gate), { clock, log })
      servers.push(server)
      return server.url
    },
    stop: async (seconds) => {
      await Promise.all(servers.map((server) => server.stop(seconds)))
    },
  }
}
