/**
 * DATABASE_URL as libpq reads it (PostgreSQL's manual, "Connection URIs" and "Parameter Key Words"). postgres.js would pass
 * every parameter that it does not know on to the server, which refuses most of them.
 */
import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { BootError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'

const DEFAULT_PORT = 5432
const CONNECT_TIMEOUT_MS = 5000

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

export interface DatabaseAddress {
  /** Tried in this order. A host that begins with a slash is the folder of a socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  readonly database: string
  readonly user: string
  readonly password: string
  readonly connectTimeoutMs: number
  readonly tls: 'never' | 'if offered' | 'always'
  readonly tlsOptions: ConnectionOptions
  /** Settings of the session, sent when it begins. */
  readonly session: Readonly<Record<string, string>>
  /** Only a server that takes writes will do. */
  readonly writable: boolean
  /** The schema that holds the tables, made where it is missing; undefined for the server's own choice. */
  readonly schema: string | undefined
  /** Lines to log: a parameter that is understood and cannot be honoured. */
  readonly warnings: readonly string[]
}

/** Settings of a session that a URL may hold as they are. */
const sessionSettings: ReadonlySet<string> = new Set([
  'application_name',
  'options',
  'search_path',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'timezone',
  'work_mem',
])
/** Parameters of libpq and of other drivers that change nothing here. */
const ignored: ReadonlySet<string> = new Set(
  `keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout gssencmode gsslib gssdelegation
   krbsrvname sslcompression sslsni sslnegotiation ssl_min_protocol_version ssl_max_protocol_version sslcertmode
   fallback_application_name client_encoding load_balance_hosts requirepeer require_auth hostaddr
   pgbouncer connection_limit pool_timeout socket_timeout statement_cache_size`.split(/\s+/),
)
const read: ReadonlySet<string> = new Set(
  `host port dbname user password sslmode ssl sslrootcert sslcert sslkey sslpassword channel_binding connect_timeout
   schema currentSchema target_session_attrs`.split(/\s+/),
)

const form = /^postgres(?:ql)?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/

/**
 * @param setting the variable that holds it, for the message
 * @throws BootError in one line, without the password
 */
export function readDatabaseUrl(text: string, setting = 'DATABASE_URL'): DatabaseAddress {
  const refuse = (problem: string): never => {
    throw new BootError(`${setting} ${problem}. Correct ${setting}.`)
  }
  const [, user = '', password = '', authority = '', path = '', query = ''] =
    form.exec(text) ?? refuse('is not a URL such as postgres://user:password@host:5432/name')
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      return refuse('holds a "%" that is no escape: write it as %25')
    }
  }
  const given = new Map(new URLSearchParams(query))
  for (const name of given.keys()) if (!isKnown(name)) refuse(unknownParameter(name))
  const session = Object.fromEntries([...given].filter(([name]) => sessionSettings.has(name)))
  const schema = given.get('schema') ?? given.get('currentSchema')
  const name = decode(given.get('user') ?? user) || 'postgres'
  return {
    hosts: readHosts(given.get('host') ?? decode(authority), given.get('port'), refuse),
    database: (given.get('dbname') ?? decode(path)) || name,
    user: name,
    password: given.get('password') ?? decode(password),
    connectTimeoutMs: readTimeout(given.get('connect_timeout'), refuse),
    ...readTls(given, refuse),
    session: { ...session, ...(schema && { search_path: `"${schema.replaceAll('"', '""')}"` }) },
    writable: readTarget(given.get('target_session_attrs'), refuse),
    schema: schema || undefined,
    warnings:
      given.get('channel_binding') === 'require'
        ? [
            `${setting} asks for channel_binding=require, which this program cannot do: it connects without. sslmode=verify-full protects against a false server`,
          ]
        : [],
  }
}

type Refuse = (problem: string) => never

const isKnown = (name: string) => read.has(name) || sessionSettings.has(name) || ignored.has(name)

function unknownParameter(name: string): string {
  const known = [...read, ...sessionSettings]
  const meant = nearest(name, known)
  const quoted = JSON.stringify(name.slice(0, 40))
  return `has the parameter ${quoted}, which is not known: ${meant ? `did you mean "${meant}"?` : `use one of ${known.join(', ')}`}`
}

function readHosts(text: string, ports: string | undefined, refuse: Refuse): DatabaseAddress['hosts'] {
  const listed = ports?.split(',') ?? []
  return text.split(',').map((part, nth) => {
    const [, bracketed, plain, own] =
      /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(part) ?? refuse('has a host that cannot be read')
    const port = Number(own ?? listed[nth] ?? listed[0] ?? DEFAULT_PORT)
    if (!(port >= 1 && port <= 65_535)) refuse('has a port that is no number from 1 to 65535')
    return { host: bracketed || plain || 'localhost', port }
  })
}

function readTimeout(text: string | undefined, refuse: Refuse): number {
  if (text === undefined) return CONNECT_TIMEOUT_MS
  const seconds = Number(text)
  if (!/^\d+$/.test(text)) refuse('has a connect_timeout that is no number of seconds')
  return seconds === 0 ? CONNECT_TIMEOUT_MS : Math.min(seconds, 60) * 1000
}

function readTarget(text: string | undefined, refuse: Refuse): boolean {
  if (text === undefined || text === 'any' || text === '') return false
  if (text === 'read-write' || text === 'primary') return true
  return refuse(
    'has a target_session_attrs that cannot be used: expected read-write, primary or any, as this program writes',
  )
}

function readTls(given: ReadonlyMap<string, string>, refuse: Refuse): Pick<DatabaseAddress, 'tls' | 'tlsOptions'> {
  const rootCert = given.get('sslrootcert')
  const named = given.get('sslmode') ?? (given.get('ssl') === 'true' ? 'require' : given.get('ssl'))
  const mode = sslModes.find((one) => one === (named ?? (rootCert ? 'verify-full' : 'disable')))
  if (!mode) return refuse(`has an sslmode that is not known: expected ${sslModes.join(', ')}`)
  const file = (parameter: string) => {
    const place = given.get(parameter)
    if (!place || place === 'system') return undefined
    try {
      return readFileSync(place)
    } catch (error) {
      return refuse(`names a file in ${parameter} that cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
  }
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')]
  const passphrase = given.get('sslpassword')
  return {
    tls: mode === 'disable' ? 'never' : mode === 'allow' || mode === 'prefer' ? 'if offered' : 'always',
    tlsOptions: {
      rejectUnauthorized: mode.startsWith('verify'),
      // verify-ca asks who signed it, and not for whom.
      ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(passphrase !== undefined && { passphrase }),
    },
  }
}

/** For people: the hosts and the database, without user and password. */
export function placeOf({ hosts, database }: DatabaseAddress): string {
  return `${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${database}`
}
