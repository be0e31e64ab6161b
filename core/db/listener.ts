/** A connection of its own that listens for notifications, made anew when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises'
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
  const channels = openChannels()
  const closing = new AbortController()
  let client: Promise<Client> | undefined
  let retrying = false

  async function connect(): Promise<Client> {
    const made = await connectClient(url, { notified: channels.hear })
    try {
      for (const channel of channels.names()) await subscribe(made, channel)
    } catch (error) {
      await made.end()
      throw error
    }
    void made.lost.catch(() => reconnect())
    return made
  }

  async function reconnect(): Promise<void> {
    if (retrying) return
    retrying = true
    await retry(closing.signal, async () => {
      client = connect()
      return (await client.catch(() => undefined))?.alive() === true
    })
    retrying = false
    for (const channel of channels.names()) channels.hear(channel)
  }

  /** A new connection subscribes to all channels by itself. */
  async function subscribeTo(channel: string): Promise<void> {
    if (client) return void (await subscribe(await client, channel))
    client = connect()
    await client
  }

  return {
    listen: async (channel, heard) => {
      channels.add(channel, heard)
      try {
        await subscribeTo(channel)
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

/** Channels, each with the callbacks of those who listen. */
function openChannels() {
  const channels = new Map<string, Set<() => void>>()
  return {
    names: () => channels.keys(),
    add: (channel: string, heard: () => void) => {
      channels.set(channel, (channels.get(channel) ?? new Set()).add(heard))
    },
    hear: (channel: string) => {
      for (const heard of channels.get(channel) ?? []) heard()
    },
  }
}

const subscribe = ({ sql, untilLost }: Client, channel: string) =>
  untilLost(sql.unsafe(`listen "${channel.replaceAll('"', '""')}"`))

/** Tries, after growing pauses, until one try succeeds or `stop` aborts. */
async function retry(stop: AbortSignal, attempt: () => Promise<boolean>): Promise<void> {
  for (let pause = PAUSE_MS.first; !stop.aborted; pause = Math.min(pause * 2, PAUSE_MS.longest)) {
    await sleep(pause * (0.5 + Math.random() / 2))
    if (stop.aborted || (await attempt())) return
  }
}
