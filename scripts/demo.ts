/**
 * `npm run demo`: a campaign to 10,000 made-up customers, on an embedded database that is thrown away afterwards. The
 * customers go straight into the database; all else goes through the API, as a user would do it.
 */
import '../core/config/production.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import type { CampaignStats } from '../core/messaging/campaign/stats.ts'
import { readSettings } from '../core/messaging/settings.ts'
import { type Started, start } from '../core/start.ts'
import { plugins } from '../plugins/index.ts'
import { insertPeople, makePeople } from './people.ts'
import { type Api, openApi } from './support/api.ts'
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

const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-demo-'))
const started = await start(
  readSettings(
    { DATA_DIR: folder, PORT: '0', CONSOLE_PORT: '0', SAMPLE_DATA: 'off', LOG_LEVEL: 'warn', MOCK_SEED: String(SEED) },
    plugins,
  ),
  plugins,
  process.stdout.isTTY === true,
)
try {
  const campaign = await demo(started, openApi(started.url))
  if (!addsUp(campaign.stats)) process.exitCode = 1
} finally {
  await started.stop()
  await rm(folder, { recursive: true, force: true })
}

async function demo({ store, url }: Started, api: Api): Promise<Campaign> {
  console.log(`API for this demo: ${url}\n`)
  const ids = await insertPeople(store.db, makePeople(CUSTOMERS, SEED))
  console.log(`Created ${ids.length.toLocaleString('en')} customers with names in 16 languages`)
  const { id } = await api.post<Campaign>('/campaigns', { name: 'Demo', channel: 'sms', base_template: TEMPLATE })
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
  report(campaign, await countAttempts(store), (performance.now() - begun) / 1000)
  return campaign
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
  const { total, ...parts } = stats
  console.log('\nEvery recipient is accounted for:\n')
  const sum = Object.values(parts).reduce((all, one) => all + one, 0)
  console.log(table([...Object.entries(parts), ['sum', sum], ['audience', total]]))
  console.log(addsUp(stats) ? '\nThe sum is the audience.' : '\nThe sum is NOT the audience.')
}
