/** 50,000 recipients through the API, on each kind of database and queue: the recipient invariant holds at every read. */
import { afterEach, describe, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { freshVhost, rabbitmqAvailable } from '../support/rabbitmq.ts'
import { releaseServers, type ServerSettings, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import { expectConsistent, type Watched, watchCampaign } from '../support/server-process-watch.ts'

const PEOPLE = 50_000
const LONG = 240_000
/** With fewer reads the process left its callers waiting, and the invariant was hardly checked. */
const LEAST_READS = 25
const READS_AFTERWARDS = 10

const people = makePeople(PEOPLE, 13)

afterEach(async () => {
  await releaseServers()
  await releaseFolders()
})

const servers = [
  { where: 'PostgreSQL alone', skip: !postgresAvailable, broker: async () => ({}) },
  {
    where: 'PostgreSQL and RabbitMQ',
    skip: !postgresAvailable || !rabbitmqAvailable,
    broker: async () => ({ RABBITMQ_URL: await freshVhost() }),
  },
]

/** Some refused, and most of those accepted at another try. */
const settings = { SAMPLE_DATA: 'off', LOG_LEVEL: 'warn', WORKER_BACKOFF_MS: '100', MOCK_SEED: '5' }

async function sendAll(where: ServerSettings, customer_ids: readonly number[]): Promise<void> {
  const server = await startServer({ ...settings, ...where })
  const api = openApi(server.url)
  const { id } = await api.post<Watched>('/campaigns', {
    name: 'Invariant',
    channel: 'sms',
    base_template: 'Hi {first_name}',
  })
  const watch = watchCampaign(() => [server.url], id)
  const begun = performance.now()
  expect(await api.post(`/campaigns/${id}/send`, { customer_ids })).toMatchObject({ messages_queued: PEOPLE })
  const campaign = () => api.get<Watched>(`/campaigns/${id}`)
  await until('the campaign is over', async () => (await campaign()).status !== 'sending', LONG)
  const seconds = (performance.now() - begun) / 1000
  await watch.stop()
  const reads = watch.reads()
  const { status, stats } = await campaign()
  expectConsistent(stats, watch.last())
  // A campaign that is over stays as it is, but for receipts that come later.
  const { total, sent, failed, skipped, unknown } = stats
  const results = { total, sent, failed, skipped, unknown, pending: 0, sending: 0 }
  for (let read = 0; read < READS_AFTERWARDS; read++) expect(await campaign()).toMatchObject({ status, stats: results })
  console.log(`${PEOPLE} in ${seconds.toFixed(1)} s, ${reads} reads meanwhile, ${stats.failed} failed`)
  expect(reads).toBeGreaterThan(LEAST_READS)
  expect({ status, ...stats }).toMatchObject({ status: 'sent', total: PEOPLE, pending: 0, sending: 0, unknown: 0 })
  expect(stats.sent + stats.failed).toBe(PEOPLE)
  // 1 in 20 at each of three tries.
  expect(stats.failed).toBeGreaterThan(0)
  expect(stats.failed).toBeLessThan(30)
  expect(await server.end()).toBe(0)
}

/** Every message is final, and the counters are what a count of the messages says. */
async function expectFinal(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ waiting: number; retried: number; most: number }>`
    select (count(*) filter (where status = 'pending'))::int as waiting,
      (count(*) filter (where attempts > 1))::int as retried, max(attempts)::int as most
    from outbound_messages`.execute(db)
  expect(rows).toEqual([{ waiting: 0, retried: expect.any(Number), most: 3 }])
  // 1 in 20 at the first try.
  expect(rows[0]?.retried).toBeGreaterThan(PEOPLE * 0.04)
  expect(rows[0]?.retried).toBeLessThan(PEOPLE * 0.06)
  // Without statistics the planner takes 20 seconds for the recount on PGlite.
  await sql`analyze`.execute(db)
  await expectInvariant(db)
}

describe(`${PEOPLE} recipients`, () => {
  test(
    'on the embedded database',
    async () => {
      const folder = await freshFolder()
      const ids = await inFolder(folder, (db) => insertPeople(db, people))
      await sendAll({ DATA_DIR: folder }, ids)
      await inFolder(folder, expectFinal)
    },
    LONG,
  )

  for (const { where, skip, broker } of servers)
    test.skipIf(skip)(
      `on ${where}`,
      async () => {
        const clone = await cloneDatabase()
        const database = openPostgres(clone.url, 2)
        try {
          const ids = await insertPeople(database.db, people)
          await sendAll({ DATABASE_URL: clone.url, ...(await broker()) }, ids)
          await expectFinal(database.db)
        } finally {
          await database.close()
          await releaseServers()
          await clone.drop()
        }
      },
      LONG,
    )
})
