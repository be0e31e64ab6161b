/**
 * One connection to PostgreSQL that ends for good when it is lost. postgres.js would connect again by itself: in the
 * middle of a transaction, for ever and without a pause where something accepts connections and closes them (a proxy
 * whose server is down), and with queries that wait for ever on what is gone (its issues 1066, 1154 and 1208).
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import postgres, { type Sql } from 'postgres'
import { arrayTypes } from './array-types.ts'

const CONNECT_TIMEOUT_MS = 5000

export interface Client {
  readonly sql: Sql
  /** Rejects when the connection is lost. */
  readonly lost: Promise<never>
  /**
   * Settles as `query` does, or rejects when the connection is lost: postgres.js may leave it waiting for ever then. A race
   * with `lost` would keep every answer in memory for as long as the connection lives.
   */
  untilLost<T>(query: PromiseLike<T>): Promise<T>
  alive(): boolean
  /** Cuts the connection, and fails what is under way on it. */
  end(): Promise<void>
}

/** An error that `isDatabaseDown` knows. */
export function lostError(code: 'CONNECTION_CLOSED' | 'CONNECTION_ENDED' | 'CONNECT_TIMEOUT'): Error {
  return Object.assign(new Error(`The database connection was lost (${code})`), { code })
}

/** The end of a connection, and whoever waits on it until then. */
function openLoss() {
  let alive = true
  const waiting = new Set<(error: Error) => void>()
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => {}) // nobody may wait for it
  return {
    lost,
    alive: () => alive,
    lose: (code: Parameters<typeof lostError>[0]) => {
      if (!alive) return
      alive = false
      const error = lostError(code)
      reject(error)
      for (const fail of waiting) fail(error)
    },
    untilLost: <T>(query: PromiseLike<T>) =>
      new Promise<T>((resolve, fail) => {
        if (!alive) return resolve(lost)
        waiting.add(fail)
        const settle =
          <V>(end: (value: V) => void) =>
          (value: V) => {
            waiting.delete(fail)
            end(value)
          }
        query.then(settle(resolve), settle(fail))
      }),
  }
}

interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  /** Of a socket in the file system. */
  readonly path?: string | false
}

/** The first of the hosts that answers. postgres.js asks the socket for its host where it has to check a certificate. */
async function openSocket({ host, port, path }: Address): Promise<Socket> {
  for (const [nth, name] of host.entries()) {
    const socket = path ? connect(path) : connect(port[nth] ?? 5432, name)
    try {
      await once(socket, 'connect')
      return Object.assign(socket, { host: name })
    } catch (error) {
      if (nth === host.length - 1) throw error
    }
  }
  throw lostError('CONNECTION_CLOSED')
}

/**
 * Connects, and asks the server for a sign of life.
 * @param notified is told the channel of each notification that arrives
 * @throws Error within 5 seconds when there is none
 */
export async function connectClient(url: string, notified: (channel: string) => void = () => {}): Promise<Client> {
  const { lost, lose, untilLost, alive } = openLoss()
  let opened = false
  const options = {
    max: 1,
    socket: (address: Address) => {
      if (opened) throw lostError('CONNECTION_CLOSED')
      opened = true
      return openSocket(address)
    },
    max_lifetime: null,
    // It would ask by itself for the types of arrays, and nobody could catch what goes wrong there: the connection that is
    // lost in that moment ended the process.
    fetch_types: false,
    types: arrayTypes,
    onnotice: () => {},
    onnotify: notified,
    // Compiling a sum over some thousand chunks takes longer than doing it.
    connection: { application_name: 'campaign-dispatch', idle_in_transaction_session_timeout: 60_000, jit: false },
    onclose: () => lose('CONNECTION_CLOSED'),
  }
  // Its types do not know the socket, and no lifetime without end.
  const sql = postgres(url, options as unknown as postgres.Options<Record<string, never>>)
  const end = async () => {
    lose('CONNECTION_ENDED')
    await sql.end({ timeout: 0 })
  }
  const timer = setTimeout(() => lose('CONNECT_TIMEOUT'), CONNECT_TIMEOUT_MS)
  try {
    await untilLost(sql.unsafe('select 1'))
    return { sql, lost, untilLost, alive, end }
  } catch (error) {
    void end()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
