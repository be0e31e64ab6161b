/** Campaigns over fake providers, with receipts through the hooks: processes as in production, of which one is killed. */
import { afterEach, describe, expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import type { CampaignStats } from '../../core/messaging/campaign/stats.ts'
import { insertGreetings, insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { freePort } from '../support/postgres-server.ts'
import { startFakeSender } from '../support/providers/fake-sender.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { releaseFakes } from '../support/providers/process.ts'
import { releaseServers, type ServerSettings, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 180_000
const PEOPLE = 600

/** Longest that a call may take: short, so that the lease of the killed worker is soon over. */
const TIMEOUT_SECONDS = 4
const TIMEOUT_MS = String(TIMEOUT_SECONDS * 1000)
const LEASE_SECONDS = TIMEOUT_SECONDS * 2

/** Beside the account, so that the default limits do not make the test long. */
const limits = {
  twilio: { TIMEOUT_MS, RATE: '300', CONCURRENCY: '20' },
  whatsapp: { TIMEOUT_MS, RATE: '300' },
  infobip: { TIMEOUT_MS, RATE: '300' },
} as const
type Kind = keyof typeof limits

afterEach(async () => {
  await releaseServers()
  await releaseFakes()
}, 60_000)

async function setup(kind: Kind, behaviour: Partial<Behaviour>) {
  const clone = await cloneDatabase()
  const database = openPostgres(clone.url, 2)
  const ids = await insertPeople(database.db, makePeople(PEOPLE, 11))
  if (kind === 'whatsapp') await insertGreetings(database.db, 'main')
  const port = await freePort()
  const PUBLIC_URL = `http://127.0.0.1:${port}`
  const { fake, channel, environment } = await startFakeSender(kind, PUBLIC_URL, behaviour, limits[kind])
  const WORKER_LEASE_SECONDS = String(LEASE_SECONDS)
  const shared = { DATABASE_URL: clone.url, LOG_LEVEL: 'warn', WORKER_LEASE_SECONDS, ...environment }
  const start = (PLUGINS: string, more: ServerSettings = {}) => startServer({ ...shared, PLUGINS, ...more })
  const startApi = () => start('campaigns,control,senders,receipts,stats,health', { PORT: String(port) })
  const api = await startApi()
  await start('scheduler,health')
  const workers = [await start('worker,health'), await start('worker,health')]
  const { get, post } = openApi(api.url)
  const send = async () => {
    const { id } = await post<{ id: number }>('/campaigns', { name: 'Real', channel, base_template: 'Hi {first_name}' })
    await post(`/campaigns/${id}/send`, { customer_ids: ids })
    return id
  }
  const statsOf = async (id: number) => (await get<{ stats: CampaignStats }>(`/campaigns/${id}`)).stats
  const close = async () => {
    await releaseServers()
    await database.close()
    await clone.drop()
  }
  return { database, fake, api, startApi, workers, start, send, statsOf, get, close }
}

describe.skipIf(!postgresAvailable)('a campaign over', () => {
  for (const kind of Object.keys(limits) as Kind[])
    test(
      `${kind}: all are sent once and delivered by receipts that come twice and out of order, while a worker and the API are killed`,
      async () => {
        const behaviour = { latencyMs: 40, duplicates: 1, outOfOrder: true, fates: { undelivered: 0.1 } }
        const { database, fake, api, startApi, workers, start, send, statsOf, get, close } = await setup(
          kind,
          behaviour,
        )
        try {
          expect(await get('/senders/main')).toMatchObject({ kind, rate: 300, circuit: null })
          const id = await send()
          await until('a third is accepted', async () => (await fake.entries('accept')).length > PEOPLE / 3)
          workers[0]?.kill('SIGKILL')
          api.kill('SIGKILL')
          await api.exited
          await start('worker,health')
          await startApi()
          // The dead worker's chunks are taken up when their leases are over.
          // Messages that were permitted to the dead worker and never called stay in doubt: no receipt can come for them.
          const { reached, stats } = await until(
            'all that the provider accepted have their receipts, and nothing else is open',
            async () => {
              const working = database.db
                .selectFrom('dispatch_chunks')
                .select('id')
                .where('state', '<>', 'done')
                .where('awaiting', '=', false)
                .limit(1)
              if (await working.executeTakeFirst()) return false
              const stats = await statsOf(id).catch(() => undefined)
              const reached = (await fake.entries('accept')).map(({ to }) => to)
              return stats && stats.delivered + stats.undelivered === reached.length && { reached, stats }
            },
            120_000,
          )
          const pending = PEOPLE - reached.length
          expect(stats).toMatchObject({ total: PEOPLE, sent: reached.length, pending, unknown: 0, failed: 0 })
          expect(reached.length).toBeGreaterThan(PEOPLE / 2)
          expect(stats.undelivered).toBeGreaterThan(reached.length * 0.04)
          expect(reached).toHaveLength(new Set(reached).size)
          await expectInvariant(database.db)
        } finally {
          await close()
        }
      },
      LONG,
    )
})
