/**
 * `kill -9` at random moments, again and again: every recipient is reached exactly once, by the ledger of the provider,
 * and the figures add up at every read. `KILL_SEED` repeats a run.
 */
import { afterEach, describe, expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import { defaultOf } from '../../scripts/bench/settings.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { expectReachedOnce, expectSentAsDelivered } from '../support/ledger-judge.ts'
import { type Ledger, releaseLedgers, startLedger } from '../support/ledger-process.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import {
  launchServer,
  releaseServers,
  type ServerProcess,
  type ServerSettings,
  startServer,
} from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { openRandom, until } from '../support/server-process-wait.ts'
import { type Watched, watchCampaign } from '../support/server-process-watch.ts'

const PEOPLE = 15_000
const KILLS = 6
/** WORKER_CONCURRENCY times WORKER_WINDOW: as many messages can be in doubt after a crash. */
const IN_DOUBT = defaultOf('WORKER_CONCURRENCY') * defaultOf('WORKER_WINDOW')
const TEMPLATE = 'Habari {first_name|rafiki}, {prefered_product|something new} waits in {location|town}'

const people = makePeople(PEOPLE, 7)
const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 2 ** 31))

afterEach(async () => {
  await releaseServers()
  await releaseLedgers()
  await releaseFolders()
})

/** A provider that takes a while, fails now and then, and breaks some connections after it has delivered. */
const startProvider = () =>
  startLedger({ seed, latencyMs: 100, errors: 0.02, throttled: 0.02, retryAfterSeconds: 0.3, cut: 0.02 })

const senderSettings = (ledger: Ledger): ServerSettings => ({
  SAMPLE_DATA: 'off',
  LOG_LEVEL: 'error',
  SMS_SENDER: 'http',
  // The lease must outlast the calls of both channels.
  WHATSAPP_SENDER: 'http',
  HTTP_SENDER_URL: ledger.url,
  SMS_IDEMPOTENT: 'on',
  WORKER_BACKOFF_MS: '200',
  // Every third try or so of a message fails on a busy machine: it must not be what this test fails of.
  WORKER_MAX_ATTEMPTS: '10',
})

/** Servers that share the work; each is killed and started again. */
interface Fleet {
  readonly servers: ServerProcess[]
  readonly settings: ServerSettings
}

/** As `kill -9` by the system: at once, also for one that is still starting. */
async function killOne({ servers, settings }: Fleet, nth: number, random: () => number): Promise<void> {
  const victim = servers[nth]
  expect(await victim?.end('SIGKILL')).toBe(null)
  for (; random() < 0.3; ) {
    const starting = launchServer(settings)
    await Promise.race([starting.exited, Bun.sleep(random() * 1500)])
    await starting.end('SIGKILL')
  }
  servers[nth] = await startServer(settings)
}

/** Kills at moments that are given in deliveries, so that the last one too comes in the middle on any machine. */
async function killRepeatedly(fleet: Fleet, ledger: Ledger): Promise<void> {
  const random = openRandom(seed)
  const moments = Array.from({ length: KILLS }, () => 50 + Math.floor(random() * PEOPLE * 0.8)).sort((a, b) => a - b)
  for (const moment of moments) {
    const { deliveries } = await until(`delivery ${moment}`, async () => {
      const counts = await ledger.count()
      return counts.deliveries >= moment && counts
    })
    expect(deliveries).toBeLessThan(PEOPLE)
    await killOne(fleet, Math.floor(random() * fleet.servers.length), random)
  }
}

async function sendAndKill(fleet: Fleet, ledger: Ledger, customer_ids: readonly number[]): Promise<void> {
  const begun = performance.now()
  const first = openApi(fleet.servers[0]?.url ?? '')
  const { id } = await first.post<Watched>('/campaigns', { name: 'Kill', channel: 'sms', base_template: TEMPLATE })
  expect(await first.post(`/campaigns/${id}/send`, { customer_ids })).toMatchObject({ messages_queued: PEOPLE })
  const watch = watchCampaign(() => fleet.servers.map(({ url }) => url), id)
  await killRepeatedly(fleet, ledger)
  const campaign = await until('the campaign is over', async () => {
    const now = await openApi(fleet.servers[0]?.url ?? '').get<Watched>(`/campaigns/${id}`)
    return now.status !== 'sending' && now
  })
  await watch.stop()
  expect(campaign).toMatchObject({ status: 'sent', stats: { total: PEOPLE, sent: PEOPLE, pending: 0, sending: 0 } })
  const repeats = (await ledger.requests()).filter(({ repeat }) => repeat).length
  console.log(`seed ${seed}: ${KILLS} kills, ${watch.reads()} reads, ${repeats} asked again, ${seconds(begun)} s`)
  // At least one kill came while messages were in flight, or nothing was tested.
  expect(repeats).toBeGreaterThan(0)
  for (const server of fleet.servers) expect(await server.end()).toBe(0)
}

const seconds = (begun: number) => ((performance.now() - begun) / 1000).toFixed(1)

/** Audit A5: what was asked for again had been in doubt, by a crash or by the provider's own fault. */
async function expectBoundedDoubt(ledger: Ledger): Promise<void> {
  const requests = await ledger.requests()
  const repeats = requests.filter(({ repeat }) => repeat).length
  // Deliveries that were not answered, and those that were asked for again and then refused.
  const faults = requests.filter(({ answer }) => answer !== '200').length
  expect(repeats).toBeLessThanOrEqual(KILLS * IN_DOUBT + faults)
}

const phones = people.map(({ phone }) => phone)

describe(`kill -9, ${KILLS} times in the middle of ${PEOPLE}`, () => {
  test('on the embedded database: all are sent once', async () => {
    const folder = await freshFolder()
    const ids = await inFolder(folder, (db) => insertPeople(db, people))
    const ledger = await startProvider()
    const settings = { ...senderSettings(ledger), DATA_DIR: folder }
    await sendAndKill({ servers: [await startServer(settings)], settings }, ledger, ids)
    await expectReachedOnce(ledger, phones)
    await expectBoundedDoubt(ledger)
    await inFolder(folder, async (db) => {
      await expectInvariant(db)
      await expectSentAsDelivered(db, ledger)
    })
  }, 240_000)

  test.skipIf(!postgresAvailable)(
    'on PostgreSQL, with two processes and the shortest leases: all are sent once',
    async () => {
      const clone = await cloneDatabase()
      const database = openPostgres(clone.url, 2)
      try {
        const ids = await insertPeople(database.db, people)
        const ledger = await startProvider()
        const settings = {
          ...senderSettings(ledger),
          DATABASE_URL: clone.url,
          HTTP_SENDER_TIMEOUT_MS: '500',
          WORKER_LEASE_SECONDS: '1',
          // One goes on while the other starts again: slow enough that the last kill still finds work.
          WORKER_WINDOW: '16',
          WORKER_CONCURRENCY: '4',
        }
        const servers = await Promise.all([startServer(settings), startServer(settings)])
        await sendAndKill({ servers, settings }, ledger, ids)
        await expectReachedOnce(ledger, phones)
        await expectInvariant(database.db)
        await expectSentAsDelivered(database.db, ledger)
      } finally {
        await releaseServers()
        await database.close()
        await clone.drop()
      }
    },
    240_000,
  )
})
