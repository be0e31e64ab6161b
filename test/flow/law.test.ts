/** 100,000 recipients through the API, on each kind of database and queue: the law holds at every read. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { Database } from '../../core/db/schema.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectLaw } from '../support/law.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { freshVhost, rabbitmqAvailable } from '../support/rabbitmq.ts'
import { releaseServers, type ServerSettings, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import { type Watched, watchCampaign } from '../support/server-process-watch.ts'

const PEOPLE = 100_000
const LONG = 240_000

afterEach(async () => {
  await releaseServers()
  await releaseFolders()
})

/** Some refused, and most of those accepted at another try. */
const settings = { SAMPLE_DATA: 'off', LOG_LEVEL: 'warn', WORKER_BACKOFF_MS: '100', MOCK_SEED: '5' }

async function sendAll(where: ServerSettings, customer_ids: readonly number[]): Promise<void> {
  const server = await startServer({ ...settings, ...where })
  const api = openApi(server.url)
  const { id } = await api.post<Watched>('/campaigns', {
    name: 'Law',
    channel: 'sms',
    base_template: 'Hi {first_name}',
  })
  const watch = watchCampaign(() => [server.url], id)
  const begun = performance.now()
  expect(await api.post(`/campaigns/${id}/send`, { customer_ids })).toMatchObject({ messages_queued: PEOPLE })
  const { status, stats } = await until('the campaign is over', async () => {
    const now = await api.get<Watched>(`/campaigns/${id}`)
    return now.status !== 'sending' && now
  })
  const seconds = (performance.now() - begun) / 1000
  await watch.stop()
  console.log(`${PEOPLE} in ${seconds.toFixed(1)} s, ${watch.reads()} reads, ${stats.failed} failed`)
  expect(watch.reads()).toBeGreaterThan(50)
  expect({ status, ...stats }).toMatchObject({ status: 'sent', total: PEOPLE, pending: 0, sending: 0, unknown: 0 })
  expect(stats.sent + stats.failed).toBe(PEOPLE)
  // 1 in 20 at each of three tries.
  expect(stats.failed).toBeGreaterThan(0)
  expect(stats.failed).toBeLessThan(50)
  expect(await server.end()).toBe(0)
}

/** Every message is final, and the counters are what a count of the messages says. */
async function expectFinal(db: Kysely<Database>): Promise<void> {
  expect(await db.selectFrom('outbound_messages').select('id').where('status', '=', 'pending').execute()).toEqual([])
  await expectLaw(db)
}

describe(`${PEOPLE} recipients`, () => {
  test(
    'on the embedded database',
    async () => {
      const folder = await freshFolder()
      const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 13)))
      await sendAll({ DATA_DIR: folder }, ids)
      await inFolder(folder, expectFinal)
    },
    LONG,
  )

  test.skipIf(!postgresAvailable).each([
    ['PostgreSQL alone', async () => ({})],
    ['PostgreSQL and RabbitMQ', async () => ({ RABBITMQ_URL: await freshVhost() })],
  ] as const)(
    'on %s',
    async (where, broker) => {
      if (where.includes('RabbitMQ') && !rabbitmqAvailable) return
      const clone = await cloneDatabase()
      const database = openPostgres(clone.url, 2)
      const ids = await insertPeople(database.db, makePeople(PEOPLE, 13))
      await sendAll({ DATABASE_URL: clone.url, ...(await broker()) }, ids)
      await expectFinal(database.db)
      await database.close()
      await clone.drop()
    },
    LONG,
  )
})
