/**
 * `npm run demo`: a campaign to 10,000 made-up customers, on an embedded database that is thrown away afterwards. The
 * customers go straight into the database; all else goes through the API, as a user would do it. With `--provider`, a fake
 * provider takes the messages and posts receipts.
 */
import '../core/config/production.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { BootError } from '../core/errors.ts'
import type { CampaignStats } from '../core/messaging/campaign/stats.ts'
import { readSettings } from '../core/messaging/settings.ts'
import { type Started, start } from '../core/start.ts'
import { plugins } from '../plugins/index.ts'
import { freePort } from '../test/support/postgres-server.ts'
import { type FakeKind, type FakeSender, startFakeSender } from '../test/support/providers/fake-sender.ts'
import { releaseFakes } from '../test/support/providers/process.ts'
import { insertGreetings, insertPeople, makePeople } from './people.ts'
import { type Api, openApi } from './support/api.ts'
import { providerUsage, readProviderOption } from './support/provider-option.ts'
import { bar, table } from './support/screen.ts'

const CUSTOMERS = 10_000
const SEED = 20_240_229
const TEMPLATE =
  'Hello {first_name|friend}! {prefered_product|Our newest arrival} waits for you in {location|a shop near you}.'

interface Campaign {
  readonly id: number
  readonly status: string
  readonly stats: CampaignStats
}

const USAGE = `npm run demo [-- OPTIONS]
A campaign to 10,000 made-up customers on a temporary database. Without --provider, messages go to the mock sender.

${providerUsage}`

/** Faults of the fake: calls that are cut off after their messages were taken, and messages that do not arrive. */
const BEHAVIOUR = { answers: { cut: 0.002 }, fates: { undelivered: 0.04, read: 0.4 }, seed: SEED } as const
/** Share of attempts that the fake refuses for now, as the mock sender does. */
const REFUSED = 0.05
/** A real account has lower limits; 10,000 messages would take too long for a demonstration. */
const LIMITS = { RATE: '5000', CONCURRENCY: '100' } as const
/** Receipts that have not come after so many milliseconds are not waited for. */
const RECEIPTS_MS = 60_000

try {
  const { provider, help } = readProviderOption('npm run demo', process.argv.slice(2))
  if (help) console.log(USAGE)
  else await run(provider)
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function run(provider: FakeKind | undefined): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-demo-'))
  try {
    const port = await freePort()
    const sender = provider && (await startFakeSender(provider, `http://127.0.0.1:${port}`, BEHAVIOUR, LIMITS))
    if (sender?.laterCode) await sender.fake.behave({ refusals: { [sender.laterCode]: REFUSED } })
    const started = await start(
      readSettings(
        {
          DATA_DIR: folder,
          PORT: String(port),
          CONSOLE_PORT: '0',
          SAMPLE_DATA: 'off',
          LOG_LEVEL: 'warn',
          MOCK_SEED: String(SEED),
          // At least twice the longest call of any provider.
          WORKER_LEASE_SECONDS: '60',
          UNKNOWN_AWAIT_MINUTES: '1',
          ...sender?.environment,
        },
        plugins,
      ),
      plugins,
      process.stdout.isTTY === true,
    )
    try {
      if (sender) console.log(`Fake ${provider} for this demo: ${sender.fake.url}`)
      const campaign = await demo(started, openApi(started.url), sender)
      if (!addsUp(campaign.stats)) process.exitCode = 1
    } finally {
      await started.stop()
    }
  } finally {
    await releaseFakes()
    await rm(folder, { recursive: true, force: true })
  }
}

async function demo({ store, url }: Started, api: Api, sender: FakeSender | undefined): Promise<Campaign> {
  const channel = sender?.channel ?? 'sms'
  console.log(`API for this demo: ${url}\n`)
  const ids = await insertPeople(store.db, makePeople(CUSTOMERS, SEED))
  console.log(`Created ${ids.length.toLocaleString('en')} customers with names in 16 languages`)
  if (channel === 'whatsapp') {
    await insertGreetings(store.db, 'main')
    console.log('They have all written today: others get approved templates only, and would be skipped')
  }
  const { id } = await api.post<Campaign>('/campaigns', { name: 'Demo', channel, base_template: TEMPLATE })
  console.log(`Created campaign ${id}: ${TEMPLATE}\n`)
  for (const customer_id of ids.slice(0, 32).filter((_, nth) => nth % 4 === 1)) {
    const { rendered_message } = await api.post<{ rendered_message: string }>(`/campaigns/${id}/personalized-preview`, {
      customer_id,
    })
    console.log(`  ${rendered_message}`)
  }
  console.log('')
  const begun = performance.now()
  await api.post(`/campaigns/${id}/send`, { customer_ids: ids })
  const campaign = await watch(api, store, id)
  const seconds = (performance.now() - begun) / 1000
  const last = sender ? await watchReceipts(api, campaign) : campaign
  report(last, await countAttempts(store), seconds)
  if (sender) reportReceipts(last.stats)
  return last
}

async function watch(api: Api, store: Started['store'], id: number): Promise<Campaign> {
  for (;;) {
    const campaign = await api.get<Campaign>(`/campaigns/${id}`)
    const { total, sent, failed, skipped, unknown } = campaign.stats
    const over = campaign.status !== 'sending'
    const waiting = over ? 0 : await countWaiting(store)
    bar((sent + failed + skipped + unknown) / total, `${sent} sent, ${waiting} to be tried again`, over)
    if (over) return campaign
    await Bun.sleep(100)
  }
}

async function watchReceipts(api: Api, { id }: Campaign): Promise<Campaign> {
  const until = performance.now() + RECEIPTS_MS
  console.log('')
  for (;;) {
    const campaign = await api.get<Campaign>(`/campaigns/${id}`)
    const { sent, delivered, undelivered } = campaign.stats
    const over = delivered + undelivered >= sent || performance.now() > until
    bar(sent === 0 ? 1 : (delivered + undelivered) / sent, `${delivered} delivered, ${undelivered} undelivered`, over)
    if (over) return campaign
    await Bun.sleep(100)
  }
}

async function countWaiting({ db }: Started['store']): Promise<number> {
  const { size } = await db
    .selectFrom('dispatch_chunks')
    .select(sql<number>`coalesce(sum(size), 0)::int`.as('size'))
    .where('turn', '>', 0)
    .where('state', '=', 'ready')
    .executeTakeFirstOrThrow()
  return size
}

function countAttempts({ db }: Started['store']) {
  return db
    .selectFrom('outbound_messages')
    .select(['status', 'attempts', sql<number>`count(*)::int`.as('messages')])
    .groupBy(['status', 'attempts'])
    .orderBy('attempts')
    .orderBy('status')
    .execute()
}

function addsUp({ total, pending, sending, sent, failed, skipped, unknown }: CampaignStats): boolean {
  return total === pending + sending + sent + failed + skipped + unknown
}

function report({ status, stats }: Campaign, attempts: Awaited<ReturnType<typeof countAttempts>>, seconds: number) {
  console.log(`\nThe campaign is "${status}" after ${seconds.toFixed(1)} s. How many tries the messages took:\n`)
  console.log(table(attempts.map((row) => [`${row.status} at try ${row.attempts}`, row.messages])))
  const { total, pending, sending, sent, failed, skipped, unknown } = stats
  const parts = { pending, sending, sent, failed, skipped, unknown }
  console.log('\nEvery recipient is accounted for:\n')
  const sum = Object.values(parts).reduce((all, one) => all + one, 0)
  console.log(table([...Object.entries(parts), ['sum', sum], ['audience', total]]))
  console.log(addsUp(stats) ? '\nThe sum is the audience.' : '\nThe sum is NOT the audience.')
}

function reportReceipts({ sent, delivered, undelivered, read }: CampaignStats): void {
  console.log('\nBy their receipts, the messages that were sent are (read is a part of delivered):\n')
  console.log(table(Object.entries({ delivered, read, undelivered, awaiting: sent - delivered - undelivered })))
}
