/** A connection of its own that listens for notifications, made anew when it is lost. */
import { type Client, connectClient } from './client.ts'

/** Between two tries to listen again, in milliseconds. */
const PAUSE_MS = { least: 100, most: 300 }

export interface Listener {
  /** Resolves when it listens. `heard` is also called after each new connection: some calls may have been missed. */
  listen(channel: string, heard: () => void): Promise<void>
  close(): Promise<void>
}

export function openListener(url: string): Listener {
  const channels = new Map<string, () => void>()
  const closing = new AbortController()
  let client: Promise<Client> | undefined

  async function connect(): Promise<Client> {
    const made = await connectClient(url, { notified: (channel) => channels.get(channel)?.() })
    for (const channel of channels.keys()) await subscribe(made, channel)
    void made.lost.catch(() => reconnect())
    return made
  }

  const subscribe = ({ sql, untilLost }: Client, channel: string) =>
    untilLost(sql.unsafe(`listen "${channel.replaceAll('"', '""')}"`))

  async function reconnect(): Promise<void> {
    while (!closing.signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      setTimeout(resolve, PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least))
      await promise
      if (closing.signal.aborted) return
      client = connect()
      const made = await client.catch(() => undefined)
      if (!made) continue
      for (const heard of channels.values()) heard()
      return
    }
  }

  return {
    listen: async (channel, heard) => {
      channels.set(channel, heard)
      if (client) {
        await subscribe(await client, channel)
      } else {
        client = connect()
        await client
      }
      heard()
    },
    close: async () => {
      closing.abort()
      const last = await client?.catch(() => undefined)
      await last?.end()
    },
  }
}
