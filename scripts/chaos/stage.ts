/** Environment of the faults: a PostgreSQL, a RabbitMQ and a provider of this program's own, and processes on them. */
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { type OpenDatabase, openPostgres } from '../../core/db/open.ts'
import type { Failpoint } from '../../core/failpoint.ts'
import type { Behaviour } from '../../test/support/ledger-entry.ts'
import { type Ledger, releaseLedgers, startLedger } from '../../test/support/ledger-process.ts'
import { type PostgresServer, postgresBinaries, startPostgres } from '../../test/support/postgres.ts'
import { freePort } from '../../test/support/postgres-server.ts'
import type { Behaviour as FakeBehaviour } from '../../test/support/providers/frame-behaviour.ts'
import { type SenderKindName, startSender } from '../../test/support/providers/kinds.ts'
import { type FakeProcess, releaseFakes } from '../../test/support/providers/process.ts'
import { type RabbitmqServer, rabbitmqBinaries, startRabbitmq } from '../../test/support/rabbitmq.ts'
import {
  releaseServers,
  type ServerProcess,
  type ServerSettings,
  startServer,
} from '../../test/support/server-process.ts'
import { insertGreetings, insertPeople, makePeople } from '../people.ts'
import type { Action } from './arm.ts'
import { ledgerOf } from './fake-ledger.ts'
import type { Sabotage } from './sabotage.ts'

export type Transport = 'postgres' | 'rabbitmq'

/** Seconds a lease lasts: the shortest, so that what was left behind is soon taken up. */
export const LEASE_SECONDS = 1
/** Messages of a chunk that may be in doubt after a crash. */
export const WINDOW = 16
export const CONCURRENCY = 4
const MAX_ATTEMPTS = 3
export const RETRY_AFTER_SECONDS = 0.3

const arm = fileURLToPath(new URL('./arm.ts', import.meta.url))
const sabotage = fileURLToPath(new URL('./sabotage.ts', import.meta.url))

/** Setup of one part. */
export interface StageOptions {
  readonly transport: Transport
  readonly idempotent: boolean
  readonly people: number
  readonly provider?: Partial<Behaviour>
  /** The fake of a real provider, which posts receipts, in place of the HTTP sender's. */
  readonly sender?: SenderKindName | undefined
  /** Behaviour of that fake. */
  readonly fake?: Partial<FakeBehaviour>
  /** Tries for each message. Default 3. */
  readonly maxAttempts?: number
  /** Breaks a remedy on purpose: see sabotage.ts. */
  readonly sabotage?: Sabotage
}

export interface Stage {
  readonly transport: Transport
  readonly idempotent: boolean
  readonly maxAttempts: number
  readonly server: PostgresServer
  readonly broker: RabbitmqServer
  /** The chaos program's own way to the database; it meets no fault but the database's end. */
  readonly database: OpenDatabase
  readonly ledger: Ledger
  readonly sender?: SenderKindName | undefined
  readonly fake?: FakeProcess | undefined
  /** Port of the process that takes receipts. */
  readonly hookPort: number
  readonly ids: readonly number[]
  readonly phones: ReadonlySet<string>
  /** Settings of every process; a part may put a proxy in between. */
  readonly settings: ServerSettings
  /** Starts a process of all plugins, unless `PLUGINS` names some. */
  start(more?: ServerSettings): Promise<ServerProcess>
  startArmed(place: Failpoint, action: Action, hangMs: number, more?: ServerSettings): Promise<ServerProcess>
  close(): Promise<void>
}

export interface Machines {
  readonly server: PostgresServer
  readonly broker: RabbitmqServer
  dispose(): Promise<void>
}

/** Both servers keep what they acknowledged: PostgreSQL with fsync and synchronous_commit on. */
export async function startMachines(): Promise<Machines> {
  if (!postgresBinaries || !rabbitmqBinaries)
    throw new Error('Cannot run: this needs the programs of a PostgreSQL and a RabbitMQ server on this machine')
  const [server, broker] = await Promise.all([
    startPostgres({ binaries: postgresBinaries, durable: true }),
    startRabbitmq({ binaries: rabbitmqBinaries }),
  ])
  return { server, broker, dispose: async () => void (await Promise.all([server.dispose(), broker.dispose()])) }
}

let stages = 0

/** A database and a virtual host of its own, with customers, on machines that others may have used before. */
export async function openStage({ server, broker }: Machines, options: StageOptions): Promise<Stage> {
  const nth = ++stages
  const name = `chaos_${nth}`
  const admin = postgres(server.url(), { max: 1, onnotice: () => {} })
  await admin`create database ${admin(name)}`
  await admin.end()
  const database = openPostgres(server.url(name), 2)
  await migrateToLatest(database.db)
  const people = makePeople(options.people, nth)
  const ids = await insertPeople(database.db, people)
  // Others would get no text.
  if (options.sender === 'whatsapp') await insertGreetings(database.db, 'main')
  const hookPort = await freePort()
  const { ledger, fake, settings: ofProvider } = await startProvider(options, hookPort)
  const settings = { ...engineSettings(options), ...ofProvider, DATABASE_URL: server.url(name) }
  const queue = options.transport === 'rabbitmq' ? { RABBITMQ_URL: await openVhost(broker, name) } : {}
  const whole: ServerSettings = { ...settings, ...queue, ...(options.sabotage && { CHAOS_SABOTAGE: options.sabotage }) }
  return {
    maxAttempts: MAX_ATTEMPTS,
    ...options,
    server,
    broker,
    database,
    ledger,
    fake,
    hookPort,
    ids,
    phones: new Set(people.map(({ phone }) => phone)),
    settings: whole,
    start: (more = {}) => startServer({ ...whole, ...more }),
    startArmed: (place, action, hangMs, more = {}) =>
      startServer(
        { ...whole, ...more, CHAOS_FAILPOINT: `${place}:${action}:${hangMs}` },
        options.sabotage ? ['--preload', sabotage, '--preload', arm] : ['--preload', arm],
      ),
    close: async () => {
      await releaseServers()
      await releaseLedgers()
      await releaseFakes()
      await database.close()
    },
  }
}

/** The provider, and what a process is to know of it. */
async function startProvider(options: StageOptions, hookPort: number) {
  const { sender, fake: behaviour, provider, idempotent } = options
  if (sender) {
    const { fake, settings } = await startSender(sender, `http://127.0.0.1:${hookPort}`, behaviour)
    return { ledger: ledgerOf(fake), fake, settings }
  }
  const ledger = await startLedger({ retryAfterSeconds: RETRY_AFTER_SECONDS, idempotent, ...provider })
  const honoured = idempotent ? 'on' : 'off'
  const settings: ServerSettings = {
    SMS_SENDER: 'http',
    WHATSAPP_SENDER: 'http',
    HTTP_SENDER_URL: ledger.url,
    HTTP_SENDER_TIMEOUT_MS: String(LEASE_SECONDS * 500),
    SMS_IDEMPOTENT: honoured,
    WHATSAPP_IDEMPOTENT: honoured,
  }
  return { ledger, fake: undefined, settings }
}

function engineSettings({ maxAttempts = MAX_ATTEMPTS }: StageOptions): ServerSettings {
  return {
    LOG_LEVEL: 'warn',
    WORKER_LEASE_SECONDS: String(LEASE_SECONDS),
    WORKER_WINDOW: String(WINDOW),
    WORKER_CONCURRENCY: String(CONCURRENCY),
    WORKER_MAX_ATTEMPTS: String(maxAttempts),
    WORKER_BACKOFF_MS: '100',
    WORKER_PROBE_SECONDS: '1',
    SCHEDULER_INTERVAL_MS: '200',
    DRAIN_SECONDS: '5',
  }
}

async function openVhost(broker: RabbitmqServer, name: string): Promise<string> {
  await broker.ctl('add_vhost', name)
  await broker.ctl('set_permissions', '-p', name, 'guest', '.*', '.*', '.*')
  return `${broker.url}/${name}`
}
