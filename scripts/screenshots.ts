/**
 * `node scripts/bun.mjs scripts/screenshots.ts`: pictures of the web console for README.md, from the real page with made-up
 * customers, on a database that is thrown away. With a folder as its argument: every page, light and dark, wide and narrow.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../test/support/browser.ts'
import { consoleUrl } from '../test/support/console.ts'
import { releaseServers, startServer } from '../test/support/server-process.ts'
import { makePeople } from './people.ts'
import { type Api, openApi } from './support/api.ts'

const PEOPLE = 4000
const SEED = 20_240_229
const TEMPLATE =
  'Habari {first_name|rafiki}, {prefered_product|our newest arrival} is back in {location|a shop near you}! Reply STOP to opt out.'

async function fill(url: string, api: Api): Promise<void> {
  const lines = makePeople(PEOPLE, SEED).map((one) => JSON.stringify(one))
  const headers = { 'content-type': 'application/x-ndjson' }
  await fetch(`${url}/customers/import`, { method: 'POST', body: lines.join('\n'), headers })
  await api.patch('/senders/alerts', { paused: true })
  const { data: ids } = await api.get<{ data: number[] }>('/customers/ids')
  const create = async (name: string, count: number, more: object = {}) => {
    const body = { name, channel: 'sms', base_template: TEMPLATE, ...more }
    const { id } = await api.post<{ id: number }>('/campaigns', body)
    if (count > 0) await api.post(`/campaigns/${id}/send`, { customer_ids: ids.slice(0, count) })
    return id
  }
  await create('Back to school', 1200)
  await create('Long rains offer', 800, { channel: 'whatsapp' })
  const cancelled = await create('Old price list', 900)
  await api.post(`/campaigns/${cancelled}/cancel`, undefined)
  await create('New Year greetings', 2500, { channel: 'whatsapp', scheduled_at: '2031-01-01T06:00:00Z' })
  await create('Loyalty survey', 0)
  await Bun.sleep(2500)
  await create('Weekend sale', PEOPLE)
}

/** @returns once the page shows what it has been asked for */
async function show(page: Page, url: string, path: string): Promise<void> {
  await page.goto(url + path)
  await page.getByRole('status').filter({ hasText: 'Loading' }).first().waitFor({ state: 'detached' })
  if (path === '/campaigns/new') {
    await page.getByLabel('Name', { exact: true }).fill('Weekend sale')
    await page.getByLabel('Text', { exact: true }).fill(TEMPLATE)
    await page.getByText('By filter').click()
    await page.getByLabel('Location contains').fill('a')
    await page.evaluate(() => window.scrollTo(0, 0))
  }
  await page.waitForTimeout(path === '/campaigns/9' ? 15_000 : 1500)
}

interface Shot {
  readonly name: keyof typeof paths
  readonly width: number
  readonly height?: number
  readonly colorScheme: 'light' | 'dark'
}

const paths = {
  campaign: '/campaigns/9',
  campaigns: '/campaigns',
  new: '/campaigns/new',
  customers: '/customers',
  import: '/customers/import',
  operations: '/operations',
  senders: '/senders',
} as const
const forReadme: readonly Shot[] = [
  { name: 'campaign', width: 1200, colorScheme: 'dark' },
  { name: 'new', width: 1200, colorScheme: 'light' },
  { name: 'senders', width: 1200, height: 1290, colorScheme: 'dark' },
]
const everyShot: readonly Shot[] = Object.keys(paths).flatMap((name) =>
  (['1200 light', '1200 dark', '360 light'] as const).map((kind) => {
    const [width, colorScheme] = kind.split(' ')
    return { name, width: Number(width), colorScheme } as Shot
  }),
)

const given = process.argv[2]
const folder = given ?? fileURLToPath(new URL('../plugins/console/pictures', import.meta.url))
const data = await mkdtemp(join(tmpdir(), 'campaign-dispatch-screenshots-'))
/** A sender that has a limit, a spare one, one of WhatsApp, and one that a person pauses. */
const names = ['main', 'spare', 'whatsapp', 'alerts'] as const
const mocked = names.flatMap((name) => {
  const own = `SENDER_${name.toUpperCase()}`
  return [
    [`${own}_SEED`, '1'],
    [`${own}_LATENCY_MS`, '1500'],
    [`${own}_SUCCESS_RATE`, '0.9'],
  ]
})
const server = await startServer({
  DATA_DIR: data,
  LOG_LEVEL: 'warn',
  WORKER_MAX_ATTEMPTS: '2',
  SENDERS: names.map((name) => `${name}:mock`).join(),
  SMS_ROUTE: 'main,spare',
  WHATSAPP_ROUTE: 'whatsapp',
  SENDER_MAIN_RATE: '150',
  SENDER_WHATSAPP_CONCURRENCY: '500',
  ...Object.fromEntries(mocked),
})
const browser = await launchBrowser()
try {
  await mkdir(folder, { recursive: true })
  await fill(server.url, openApi(server.url))
  for (const { name, width, height = 900, colorScheme } of given ? everyShot : forReadme) {
    const page = await browser.newPage({ viewport: { width, height: given ? 1400 : height }, colorScheme })
    await show(page, consoleUrl(server), paths[name])
    const file = given ? `${name}-${width}-${colorScheme}.png` : `${name}.png`
    await page.screenshot({ path: join(folder, file) })
    await page.close()
  }
} finally {
  await browser.close()
  await releaseServers()
  await rm(data, { recursive: true, force: true })
}
