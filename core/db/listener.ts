/** A connection of its own that listens for notifications, made anew when it is lost. */
import { type Client, connectClient, lostError } from './client.ts'
import { faultOf } from './faults.ts'

/** Between two tries to listen again, in milliseconds: doubled for each further one, half of it at random. */
const PAUSE_MS = { first: 200, longest: 2000 }

export interface Listener {
  /**
   * Resolves when it listens, or at once on a standby, which refuses to: it then listens as soon as that is promoted.
   * `heard` is also called after each new connection: some calls may have been missed. Several may listen to a channel.
   */
  listen(channel: string, heard: () => void): Promise<void>
  /** Runs a query on the connection that listens. @throws Error where there is none */
  ask(query: string): Promise<readonly unknown[]>
  close(): Promise<void>
}

export function openListener(url: string): Listener {
  const channels = new Map<string, Set<() => void>>()
  const closing = new AbortController()
  let client: Promise<Client> | undefined
  let retrying = false

  function hear(channel: string): void {
    for (const heard of channels.get(channel) ?? []) heard()
  }

  async function connect(): Promise<Client> {
    const made = await connectClient(url, { notified: hear })
    try {
      for (const channel of channels.keys()) await subscribe(made, channel)
    } catch (error) {
      await made.end()
      throw error
    }
    void made.lost.catch(() => reconnect())
    return made
  }

  const subscribe = ({ sql, untilLost }: Client, channel: string) =>
    untilLost(sql.unsafe(`listen "${channel.replaceAll('"', '""')}"`))

  async function reconnect(): Promise<void> {
    if (retrying) return
    retrying = true
    for (let pause = PAUSE_MS.first; !closing.signal.aborted; pause = Math.min(pause * 2, PAUSE_MS.longest)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      setTimeout(resolve, pause * (0.5 + Math.random() / 2))
      await promise
      if (closing.signal.aborted) return
      client = connect()
      const made = await client.catch(() => undefined)
      if (made?.alive()) break
    }
    retrying = false
    for (const channel of channels.keys()) hear(channel)
  }

  return {
    listen: async (channel, heard) => {
      channels.set(channel, (channels.get(channel) ?? new Set()).add(heard))
      try {
        if (client) {
          await subscribe(await client, channel)
        } else {
          client = connect()
          await client
        }
      } catch (error) {
        if (faultOf(error)?.code !== 'DATABASE_READ_ONLY') throw error
        void reconnect()
      }
      heard()
    },
    ask: async (query) => {
      if (!client) throw lostError('CONNECTION_CLOSED')
      const { sql, untilLost } = await client
      return untilLost(sql.unsafe(query))
    },
    close: async () => {
      closing.abort()
      const last = await client?.catch(() => undefined)
      await last?.end()
    },
  }
}
