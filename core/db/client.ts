/**
 * One connection to PostgreSQL that ends for good when it is lost. postgres.js would connect again by itself: in the
 * middle of a transaction, for ever and without a pause where something accepts connections and closes them (a proxy
 * whose server is down), and with queries that wait for ever on what is gone (its issues 1066, 1154 and 1208).
 */
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as startTls } from 'node:tls'
import postgres, { type Sql } from 'postgres'
import { arrayTypes } from './array-types.ts'
import { type DatabaseAddress, readDatabaseUrl } from './database-url.ts'

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

type Host = DatabaseAddress['hosts'][number]

/** The first message of a client that wants TLS (PostgreSQL's manual, "SSLRequest"). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

const refused = (code: string, message: string) => Object.assign(new Error(message), { code })

/** A socket to the server, encrypted as the address asks. */
async function openSocket({ host, port }: Host, { tls, tlsOptions }: DatabaseAddress): Promise<Socket> {
  const local = host.startsWith('/')
  const socket = local ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  await once(socket, 'connect')
  if (tls === 'never' || local) return socket
  socket.write(SSL_REQUEST)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (answer.length !== 1 || !['S', 'N'].includes(answer.toString('latin1')))
    throw refused('NOT_POSTGRES', 'something other than PostgreSQL answers there')
  if (answer.toString('latin1') === 'N') {
    if (tls === 'if offered') return socket
    throw refused('TLS_REFUSED', 'the server does not offer TLS, which sslmode asks for')
  }
  const secured = startTls({ ...tlsOptions, socket, ...(isIP(host) ? {} : { servername: host }) })
  await once(secured, 'secureConnect')
  return secured
}

export interface ClientOptions {
  /** Receives the channel of each notification. */
  readonly notified?: (channel: string) => void
  /** A pooler stands between, which keeps no session: it takes no settings of one, and no prepared statements. */
  readonly pooled?: boolean
}

/**
 * Connects to the first host that will do, and asks it for a sign of life.
 * @throws Error within 5 seconds for each host, or its `connect_timeout`, when there is none
 */
export async function connectClient(url: string, options: ClientOptions = {}): Promise<Client> {
  const address = readDatabaseUrl(url)
  let last: unknown
  for (const host of address.hosts) {
    try {
      return await connectHost(host, address, options)
    } catch (error) {
      last = error
    }
  }
  throw last
}

/**
 * Compiling a statement takes seconds where the planner takes it for an expensive one, and running it milliseconds. As text:
 * the driver leaves out what is false.
 */
const sessionSettings = { idle_in_transaction_session_timeout: 60_000, jit: 'off' }

/** Options of postgres.js for one connection, which it must not open again. */
function driverOptions(
  host: Host,
  address: DatabaseAddress,
  { notified = () => {}, pooled = false }: ClientOptions,
  onClose: () => void,
): postgres.Options<Record<string, never>> {
  let opened = false
  const options = {
    host: host.host,
    port: host.port,
    database: address.database,
    username: address.user,
    password: address.password,
    // The socket is encrypted before postgres.js has it.
    ssl: false,
    max: 1,
    prepare: !pooled,
    socket: async () => {
      if (opened) throw lostError('CONNECTION_CLOSED')
      opened = true
      return openSocket(host, address)
    },
    max_lifetime: null,
    // It would ask by itself for the types of arrays, and nobody could catch what goes wrong there: the connection that is
    // lost in that moment ended the process.
    fetch_types: false,
    types: arrayTypes,
    onnotice: () => {},
    onnotify: notified,
    connection: { application_name: 'campaign-dispatch', ...(pooled ? {} : sessionSettings), ...address.session },
    onclose: onClose,
  }
  // Its types do not know the socket, and no lifetime without end.
  return options as unknown as postgres.Options<Record<string, never>>
}

async function connectHost(host: Host, address: DatabaseAddress, options: ClientOptions): Promise<Client> {
  const { lost, lose, untilLost, alive } = openLoss()
  const sql = postgres(driverOptions(host, address, options, () => lose('CONNECTION_CLOSED')))
  const end = async () => {
    lose('CONNECTION_ENDED')
    await sql.end({ timeout: 0 })
  }
  const timer = setTimeout(() => lose('CONNECT_TIMEOUT'), address.connectTimeoutMs)
  try {
    await untilLost(sql.unsafe(address.writable ? requireWritable : 'select 1'))
    return { sql, lost, untilLost, alive, end }
  } catch (error) {
    void end()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Fails with 25006 on a server that takes no writes. */
const requireWritable = `do $$ begin
  if pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' then
    raise exception 'the server is read-only' using errcode = '25006';
  end if;
end $$`
