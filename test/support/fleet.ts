/** The service as in production: a process for each part of the work, on PostgreSQL and RabbitMQ. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'bun:test'
import { sql } from 'kysely'
import { type OpenDatabase, openPostgres } from '../../core/db/open.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { type Api, openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from './invariant.ts'
import { normalBehaviour } from './ledger-entry.ts'
import { expectReachedOnce, expectSentAsDelivered } from './ledger-judge.ts'
import { type Ledger, releaseLedgers, startLedger } from './ledger-process.ts'
import { cloneDatabase, postgresAvailable } from './postgres.ts'
import { freshVhost, rabbitmqAvailable } from './rabbitmq.ts'
import { releaseServers, type ServerProcess, type ServerSettings, startServer } from './server-process.ts'
import { until } from './server-process-wait.ts'
import { type Watched, watchCampaign } from './server-process-watch.ts'

const TEMPLATE = 'Habari {first_name|rafiki}, {prefered_product|something new} waits in {location|town}'

/** Latency at which a worker sends 32 messages a second for each of its slots. */
const SLOW_MS = 2000
/** Limit for a broker's first start, or the end of many processes, on a busy machine. */
const SLOW_HOOK_MS = 120_000

export const roles = {
  api: 'campaigns,control,customers,preview,senders,stats,health',
  scheduler: 'scheduler,health',
  worker: 'worker,health',
} as const
export type Role = keyof typeof roles

export interface FleetOptions {
  /** Undefined for the database as the queue. */
  readonly brokerUrl?: string
  readonly people: number
  readonly workers?: number
  readonly schedulers?: number
  /** Behaviour of the provider. */
  readonly provider?: Parameters<typeof startLedger>[0]
  readonly settings?: ServerSettings
}

export interface Fleet {
  readonly database: OpenDatabase
  readonly ledger: Ledger
  readonly api: Api
  readonly apiUrl: string
  readonly ids: readonly number[]
  readonly servers: Readonly<Record<Role, ServerProcess[]>>
  start(role: Role, more?: ServerSettings): Promise<ServerProcess>
  /** Creates a campaign and sends it to these customers, all unless named. @returns its id */
  send(customerIds?: readonly number[]): Promise<number>
  /** Resolves when `count` messages have been delivered. */
  delivered(count: number): Promise<void>
  /** Does the work while the provider is slow, so that the campaign is not over before the work is done. */
  meanwhile<T>(work: () => Promise<T>): Promise<T>
  /**
   * Clears away all campaigns, which must be over, and what the ledger has of them; the provider behaves as at first.
   * Processes and people stay.
   */
  renew(): Promise<void>
  /** Waits until the campaign is over, and checks everything against the ledger and the recipient invariant. */
  expectAllSent(id: number): Promise<void>
}

/**
 * Names the tests in `body` once for each queue; the broker is one of the test run's own, with a virtual host of this file's.
 * Fleets are ended after each test.
 */
export function eachQueue(body: (broker: () => Pick<FleetOptions, 'brokerUrl'>) => void): void {
  for (const queue of ['postgres', 'rabbitmq'] as const) {
    describe.skipIf(!hasQueue(queue))(`over ${queue}`, () => {
      let broker: Pick<FleetOptions, 'brokerUrl'> = {}
      beforeAll(async () => {
        if (queue === 'rabbitmq') broker = { brokerUrl: await freshVhost() }
      }, SLOW_HOOK_MS)
      afterEach(releaseFleets, SLOW_HOOK_MS)
      body(() => broker)
    })
  }
}

/** As `eachQueue`, with one fleet for the tests of each queue: campaigns and ledger of the test before are cleared away. */
export function eachFleet(options: Omit<FleetOptions, 'brokerUrl'>, body: (fleet: () => Fleet) => void): void {
  for (const queue of ['postgres', 'rabbitmq'] as const) {
    describe.skipIf(!hasQueue(queue))(`over ${queue}`, () => {
      let fleet: Fleet | undefined
      beforeAll(async () => {
        fleet = await startFleet({ ...options, ...(queue === 'rabbitmq' && { brokerUrl: await freshVhost() }) })
      }, SLOW_HOOK_MS)
      beforeEach(() => fleet?.renew())
      afterAll(releaseFleets, SLOW_HOOK_MS)
      body(() => {
        if (!fleet) throw new Error('Cannot use the fleet yet: call fleet() inside a test')
        return fleet
      })
    })
  }
}

const hasQueue = (queue: 'postgres' | 'rabbitmq') => postgresAvailable && (queue === 'postgres' || rabbitmqAvailable)

const closers: (() => Promise<unknown>)[] = []

/** Ends everything; call it after each test. */
export async function releaseFleets(): Promise<void> {
  await releaseServers()
  await releaseLedgers()
  for (const close of closers.splice(0).reverse()) await close()
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const clone = await cloneDatabase()
  closers.push(() => clone.drop())
  const database = openPostgres(clone.url, 2)
  closers.push(() => database.close())
  const people = makePeople(options.people, 7)
  const ids = await insertPeople(database.db, people)
  const ledger = await startLedger(options.provider)
  const { servers, start } = openServers(settingsFor(options, clone.url, ledger.url))
  const [{ url: apiUrl }] = await Promise.all([
    start('api'),
    ...Array.from({ length: options.schedulers ?? 1 }, () => start('scheduler')),
    ...Array.from({ length: options.workers ?? 2 }, () => start('worker')),
  ])
  const api = openApi(apiUrl)
  return {
    database,
    ledger,
    api,
    apiUrl,
    ids,
    servers,
    start,
    send: (customerIds = ids) => sendTo(api, customerIds),
    delivered: (count) =>
      until(`${count} are delivered`, async () => (await ledger.count()).deliveries >= count).then(() => {}),
    meanwhile: async (work) => {
      await ledger.behave({ latencyMs: SLOW_MS })
      const done = await work()
      expect((await ledger.count()).deliveries).toBeLessThan(ids.length)
      await ledger.behave({ latencyMs: options.provider?.latencyMs ?? 0 })
      return done
    },
    renew: async () => {
      await sql`truncate campaigns, dispatch_chunks, outbound_messages cascade`.execute(database.db)
      await ledger.forget()
      await ledger.behave({ ...normalBehaviour, ...options.provider })
    },
    expectAllSent: async (id) => {
      await expectCompleted(api, apiUrl, id, ids.length)
      const phones = people.map(({ phone }) => phone)
      await expectReachedOnce(ledger, phones)
      await expectInvariant(database.db)
      await expectSentAsDelivered(database.db, ledger)
    },
  }
}

function settingsFor({ brokerUrl, settings }: FleetOptions, databaseUrl: string, ledgerUrl: string): ServerSettings {
  return {
    DATABASE_URL: databaseUrl,
    ...(brokerUrl === undefined ? {} : { RABBITMQ_URL: brokerUrl }),
    LOG_LEVEL: 'warn',
    SMS_SENDER: 'http',
    WHATSAPP_SENDER: 'http',
    HTTP_SENDER_URL: ledgerUrl,
    SMS_IDEMPOTENT: 'on',
    WHATSAPP_IDEMPOTENT: 'on',
    WORKER_BACKOFF_MS: '200',
    ...settings,
  }
}

function openServers(settings: ServerSettings) {
  const servers: Record<Role, ServerProcess[]> = { api: [], scheduler: [], worker: [] }
  const start = async (role: Role, more: ServerSettings = {}) => {
    const server = await startServer({ ...settings, PLUGINS: roles[role], ...more })
    servers[role].push(server)
    return server
  }
  return { servers, start }
}

async function sendTo(api: Api, customer_ids: readonly number[]): Promise<number> {
  const { id } = await api.post<Watched>('/campaigns', { name: 'Fleet', channel: 'sms', base_template: TEMPLATE })
  const queued = await api.post(`/campaigns/${id}/send`, { customer_ids })
  expect(queued).toMatchObject({ messages_queued: customer_ids.length, status: 'sending' })
  return id
}

/** Waits until the campaign is over, and expects that all its recipients were sent to. */
async function expectCompleted(api: Api, apiUrl: string, id: number, total: number): Promise<void> {
  const watch = watchCampaign(() => [apiUrl], id)
  const campaign = await until('the campaign is over', async () => {
    const now = await api.get<Watched>(`/campaigns/${id}`)
    return now.status !== 'sending' && now
  })
  await watch.stop()
  expect(campaign).toMatchObject({ status: 'sent', stats: { total, sent: total, pending: 0, sending: 0 } })
}
