/** A TCP proxy that misbehaves when it is told to, between processes and their database or broker. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * `pass` forwards. `reset` breaks every connection, old and new. `silence` takes everything and forwards nothing, as a
 * cable that was cut does. `delay` forwards later. `swallow` forwards what the client says, and breaks the connection in
 * place of the answer: the other side has done it, and the client cannot know (race 13).
 */
export type Mode = 'pass' | 'reset' | 'silence' | 'delay' | 'swallow'

const DELAY_MS = 100
/** Reports of outcomes are longer than this, and so is little else. */
const LONG_BYTES = 300

/** A socket without an encoding gives buffers; its types do not know. */
type Bytes = string | Buffer

export interface TroubledLine {
  readonly port: number
  set(mode: Mode): void
  /** Answers that were swallowed. */
  swallowed(): number
  close(): void
}

/** @param port of the server on 127.0.0.1 behind it */
export async function openLine(port: number): Promise<TroubledLine> {
  const open = new Set<() => void>()
  let mode: Mode = 'pass'
  let swallowed = 0

  const join = (client: Socket) => {
    const server = connect(port, '127.0.0.1')
    let doomed = false
    const cut = () => {
      open.delete(cut)
      for (const end of [client, server]) end.resetAndDestroy()
    }
    open.add(cut)
    const forward = (to: Socket, bytes: Bytes) => {
      if (mode === 'silence') return
      if (mode === 'delay') setTimeout(() => to.write(bytes), DELAY_MS)
      else to.write(bytes)
    }
    client.on('data', (bytes) => {
      doomed ||= mode === 'swallow' && isWork(bytes)
      forward(server, bytes)
    })
    server.on('data', (bytes) => {
      if (!doomed) return forward(client, bytes)
      swallowed++
      cut()
    })
    for (const end of [client, server]) end.on('error', cut).on('close', cut)
    if (mode === 'reset') cut()
  }

  const listener = createServer(join).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const cutAll = () => {
    for (const cut of [...open]) cut()
  }
  return {
    port: (listener.address() as AddressInfo).port,
    set: (next) => {
      mode = next
      if (mode === 'reset') cutAll()
    },
    swallowed: () => swallowed,
    close: () => {
      listener.close()
      cutAll()
    },
  }
}

function isWork(bytes: Bytes): boolean {
  return bytes.length > LONG_BYTES || bytes.includes('commit')
}
