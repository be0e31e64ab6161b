/** Campaigns over fake providers, with receipts through the hooks: processes as in production, of which one is killed. */
import { afterEach, describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { openPostgres } from '../../core/db/open.ts'
import type { CampaignStats } from '../../core/messaging/campaign/stats.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { infobipAccount } from '../support/providers/infobip-account.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { twilioAccount } from '../support/providers/twilio-parts.ts'
import { GRAPH_VERSION, whatsappAccount } from '../support/providers/whatsapp-account.ts'
import { releaseServers, type ServerSettings, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 180_000
const PEOPLE = 600

interface Kind {
  readonly channel: 'sms' | 'whatsapp'
  readonly settings: ServerSettings
  /** The hook that the provider is told of by hand; undefined: each call names it. */
  readonly hookPath?: string
  /** After the provider's address. */
  readonly basePath?: string
}

const kinds: Readonly<Record<string, Kind>> = {
  twilio: {
    channel: 'sms',
    settings: {
      SENDER_MAIN_ACCOUNT_SID: twilioAccount.accountSid,
      SENDER_MAIN_AUTH_TOKEN: twilioAccount.authToken,
      SENDER_MAIN_FROM: '+15005550006',
      SENDER_MAIN_RATE: '300',
      SENDER_MAIN_CONCURRENCY: '20',
    },
  },
  whatsapp: {
    channel: 'whatsapp',
    settings: {
      SENDER_MAIN_PHONE_NUMBER_ID: whatsappAccount.phoneNumberId,
      SENDER_MAIN_ACCESS_TOKEN: whatsappAccount.accessToken,
      SENDER_MAIN_APP_SECRET: whatsappAccount.appSecret,
      SENDER_MAIN_VERIFY_TOKEN: whatsappAccount.verifyToken,
      SENDER_MAIN_BUSINESS_ACCOUNT_ID: whatsappAccount.businessAccountId,
      SENDER_MAIN_RATE: '300',
    },
    hookPath: '/hooks/main',
    basePath: GRAPH_VERSION,
  },
  infobip: {
    channel: 'sms',
    settings: {
      SENDER_MAIN_API_KEY: infobipAccount.apiKey,
      SENDER_MAIN_HOOK_TOKEN: infobipAccount.hookToken,
      SENDER_MAIN_FROM: infobipAccount.from,
      SENDER_MAIN_RATE: '300',
    },
    hookPath: '/hooks/main',
  },
}

afterEach(async () => {
  await releaseServers()
  await releaseFakes()
}, 60_000)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}

async function setup(kind: string, behaviour: Partial<Behaviour>) {
  const { settings, hookPath, basePath = '', channel } = kinds[kind] as Kind
  const clone = await cloneDatabase()
  const database = openPostgres(clone.url, 2)
  const ids = await insertPeople(database.db, makePeople(PEOPLE, 11))
  const port = await freePort()
  const PUBLIC_URL = `http://127.0.0.1:${port}`
  const fake = await startFake(kind, { ...behaviour, ...(hookPath && { hookUrl: `${PUBLIC_URL}${hookPath}` }) })
  const shared = {
    DATABASE_URL: clone.url,
    LOG_LEVEL: 'warn',
    SENDERS: `main:${kind}`,
    SENDER_MAIN_URL: `${fake.url}${basePath}`,
    PUBLIC_URL,
    WORKER_LEASE_SECONDS: '62',
    ...settings,
  }
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
  for (const kind of Object.keys(kinds))
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
          // A dead worker's chunk is free when its lease is over.
          await database.db
            .updateTable('dispatch_chunks')
            .set({ lease_until: new Date(0) })
            .where('leased_by', 'is not', null)
            .where('state', '=', 'leased')
            .execute()
          const stats = await until(
            'all have their receipts',
            async () => {
              const now = await statsOf(id).catch(() => undefined)
              return now && now.pending + now.sending === 0 && now.delivered + now.undelivered === now.sent && now
            },
            120_000,
          )
          expect(stats).toMatchObject({ total: PEOPLE, sent: PEOPLE, unknown: 0, failed: 0 })
          expect(stats.undelivered).toBeGreaterThan(PEOPLE * 0.04)
          const reached = (await fake.entries('accept')).map(({ to }) => to)
          expect(reached).toHaveLength(new Set(reached).size)
          await expectInvariant(database.db)
        } finally {
          await close()
        }
      },
      LONG,
    )
})
