/** Stopping by a signal: the work in flight is finished, nothing is sent twice, nothing stays behind. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { expectReachedOnce, expectSentAsDelivered } from '../support/ledger-judge.ts'
import { type Ledger, releaseLedgers, startLedger } from '../support/ledger-process.ts'
import {
  launchServer,
  releaseServers,
  type ServerProcess,
  type ServerSettings,
  startServer,
} from '../support/server-process.ts'
import { emptyFolder, freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'

const LONG = 180_000
const PEOPLE = 3000
/** For what takes no time by itself, on a machine that is busy. */
const AT_ONCE_MS = 5000
/** Beyond this, in milliseconds, a second signal counts as one: the program's own figure is 300. */
const ANOTHER_REQUEST_MS = 400

const people = makePeople(PEOPLE, 11)
const phones = people.map(({ phone }) => phone)

afterEach(async () => {
  await releaseServers()
  await releaseLedgers()
  await releaseFolders()
})

interface Bench {
  readonly folder: string
  readonly ledger: Ledger
  readonly settings: ServerSettings
  readonly server: ServerProcess
  readonly campaign: number
}

/** A server in the middle of a campaign: this many requests have reached the provider. */
async function setup(behaviour: Parameters<typeof startLedger>[0], requests: number, more: ServerSettings = {}) {
  const folder = await freshFolder()
  const customer_ids = await inFolder(folder, (db) => insertPeople(db, people))
  const ledger = await startLedger(behaviour)
  const sender = { SMS_SENDER: 'http', HTTP_SENDER_URL: ledger.url, SMS_IDEMPOTENT: 'on' }
  const settings = { DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error', ...sender, ...more }
  const server = await startServer(settings)
  const api = openApi(server.url)
  const { id } = await api.post<Watched>('/campaigns', { name: 'Stop', channel: 'sms', base_template: 'Hi {phone}' })
  await api.post(`/campaigns/${id}/send`, { customer_ids })
  await until(`request ${requests}`, async () => (await ledger.count()).requests >= requests)
  return { folder, ledger, settings, server, campaign: id } satisfies Bench
}

/** @returns milliseconds from the signal to the end */
async function stop(server: ServerProcess, signal: NodeJS.Signals): Promise<number> {
  const begun = performance.now()
  expect(await server.end(signal)).toBe(0)
  return performance.now() - begun
}

/** Nobody's name is on anything any more. */
async function expectNothingHeld(db: Kysely<Database>): Promise<void> {
  const held = await db.selectFrom('dispatch_chunks').selectAll().where('state', '=', 'leased').execute()
  expect(held).toEqual([])
  expect(await db.selectFrom('processes').select('pid').execute()).toEqual([])
  await expectInvariant(db)
}

/** Carries on in a new process until all is sent, and looks whether everyone was reached once. */
async function expectCarriesOn({ folder, ledger, settings, campaign }: Bench): Promise<void> {
  const server = await startServer(settings)
  const over = await until('the campaign is over', async () => {
    const now = await openApi(server.url).get<Watched>(`/campaigns/${campaign}`)
    return now.status !== 'sending' && now
  })
  expect(over).toMatchObject({ status: 'sent', stats: { total: PEOPLE, sent: PEOPLE } })
  expect(await server.end()).toBe(0)
  await expectReachedOnce(ledger, phones)
  await inFolder(folder, async (db) => {
    await expectNothingHeld(db)
    await expectSentAsDelivered(db, ledger)
  })
}

const repeats = async (ledger: Ledger) => (await ledger.requests()).filter(({ repeat }) => repeat).length

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test(
    'in the middle: what was started is finished and written down, and a restart carries on',
    async () => {
      const bench = await setup({ latencyMs: 100 }, 600)
      expect(await stop(bench.server, signal)).toBeLessThan(10_000)
      expect(bench.server.stderr()).toBe('')
      const { deliveries } = await bench.ledger.count()
      expect(deliveries).toBeLessThan(PEOPLE)
      await inFolder(bench.folder, async (db) => {
        await expectNothingHeld(db)
        await expectSentAsDelivered(db, bench.ledger)
      })
      await expectCarriesOn(bench)
      expect(await repeats(bench.ledger)).toBe(0)
    },
    LONG,
  )

  test(
    'at an idle process: it ends at once, and lets go of its folder',
    async () => {
      const folder = await freshFolder()
      const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off' })
      // A browser keeps its connection open.
      const held = await fetch(`${server.url}/campaigns`, { keepalive: true })
      expect(held.status).toBe(200)
      expect(await stop(server, signal)).toBeLessThan(AT_ONCE_MS)
      expect(server.stdout()).toContain(
        'Stopping: finishing the work in flight (at most 10 s); once more to stop at once',
      )
      expect(server.stderr()).toBe('')
      await inFolder(folder, expectNothingHeld)
    },
    LONG,
  )

  test(
    'twice at the same moment, as a terminal and a launcher pass it on: it counts once',
    async () => {
      const bench = await setup({ latencyMs: 1000 }, 200)
      bench.server.kill(signal)
      bench.server.kill(signal)
      expect(await bench.server.exited).toEqual({ code: 0, signal: null })
      await inFolder(bench.folder, async (db) => {
        await expectNothingHeld(db)
        await expectSentAsDelivered(db, bench.ledger)
      })
      expect(await repeats(bench.ledger)).toBe(0)
    },
    LONG,
  )
})

test(
  'at full speed on the embedded database, with a sender that answers at once: a signal is heard',
  async () => {
    const folder = await freshFolder()
    const customer_ids = await inFolder(folder, (db) => insertPeople(db, makePeople(50_000, 11)))
    const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error' })
    const api = openApi(server.url)
    const { id } = await api.post<Watched>('/campaigns', { name: 'Fast', channel: 'sms', base_template: 'Hi' })
    await api.post(`/campaigns/${id}/send`, { customer_ids })
    await until('it is under way', async () => (await api.get<Watched>(`/campaigns/${id}`)).stats.sent > 0)
    await stop(server, 'SIGTERM')
    await inFolder(folder, async (db) => {
      await expectNothingHeld(db)
      const left = await db.selectFrom('outbound_messages').select('id').where('status', '=', 'pending').execute()
      expect(left.length).toBeGreaterThan(0)
    })
  },
  LONG,
)

test(
  'SIGTERM: /health/ready sends load balancers elsewhere while requests are still answered, then the port closes',
  async () => {
    const folder = await freshFolder()
    const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off', DRAIN_NOTICE_SECONDS: '3' })
    const statusOf = async (path: string) => (await fetch(`${server.url}${path}`, { keepalive: false })).status
    expect(await statusOf('/health/ready')).toBe(200)
    server.kill('SIGTERM')
    await until('it is not ready', async () => (await statusOf('/health/ready')) === 503)
    expect([await statusOf('/health/live'), await statusOf('/campaigns')]).toEqual([200, 200])
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect(statusOf('/health/live')).rejects.toThrow()
    await inFolder(folder, expectNothingHeld)
  },
  LONG,
)

describe('a provider that does not answer', () => {
  test(
    'does not keep the process past the drain deadline, and nothing is lost or sent twice',
    async () => {
      const bench = await setup({ hang: 1 }, 4 * 64, { DRAIN_SECONDS: '1' })
      const took = await stop(bench.server, 'SIGTERM')
      // Not before: those that still hang might have answered.
      expect(took).toBeGreaterThan(900)
      expect(took).toBeLessThan(1000 + AT_ONCE_MS)
      const { deliveries } = await bench.ledger.count()
      expect(deliveries).toBeGreaterThan(0)
      await inFolder(bench.folder, async (db) => {
        await expectNothingHeld(db)
        // Calls that were cut off at the deadline cost no attempt.
        expect(await db.selectFrom('outbound_messages').select('id').where('attempts', '>', 0).execute()).toEqual([])
      })
      await bench.ledger.behave({ hang: 0 })
      await expectCarriesOn(bench)
      // The half of them that the provider had heard was asked for again, under the same key.
      expect(await repeats(bench.ledger)).toBe(deliveries)
    },
    LONG,
  )

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    '%s once more ends the process at once',
    async (signal, code) => {
      const bench = await setup({ hang: 1 }, 4 * 64, { DRAIN_SECONDS: '60' })
      bench.server.kill(signal)
      await until('it says that it stops', () => bench.server.stdout().includes('Stopping'))
      await Bun.sleep(ANOTHER_REQUEST_MS)
      const begun = performance.now()
      bench.server.kill(signal)
      expect(await bench.server.exited).toEqual({ code, signal: null })
      expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS)
      await bench.ledger.behave({ hang: 0 })
      await expectCarriesOn(bench)
    },
    LONG,
  )
})

describe('a process that is killed while it starts', () => {
  /** Files that stand in the folder when the moment has come; the second one is written in the middle of the making. */
  test.each(['owner.pid', 'pglite/PG_VERSION'])(
    'when it has written %s, leaves a folder that starts',
    async (file) => {
      const folder = await emptyFolder()
      const settings = { DATA_DIR: folder }
      const server = launchServer(settings)
      await until(`there is ${file}`, () => Bun.file(`${folder}/${file}`).exists())
      await server.end('SIGKILL')
      const next = await startServer(settings)
      expect(await openApi(next.url).get('/campaigns')).toMatchObject({ pagination: { total_count: 3 } })
      expect(await next.end()).toBe(0)
    },
    LONG,
  )
})
