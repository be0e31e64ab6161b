/** The live figures in many tabs of one browser: one stream for all of them, and none for a tab without their key. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BrowserContext, Page } from 'playwright-core'
import { chromiumAvailable } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const TABS = 8
const KEY = 'a-key-of-the-console'

/** The streams that each page of the context has open. */
function watchStreams(context: BrowserContext): Map<Page, number> {
  const open = new Map<Page, number>()
  const count = (page: Page, by: number) => open.set(page, (open.get(page) ?? 0) + by)
  const isStream = (url: string) => url.endsWith('/api/stats/stream')
  context.on('request', (request) => isStream(request.url()) && count(request.frame().page(), 1))
  context.on('requestfailed', (request) => isStream(request.url()) && count(request.frame().page(), -1))
  context.on('requestfinished', (request) => isStream(request.url()) && count(request.frame().page(), -1))
  return open
}

const readers = (open: Map<Page, number>) =>
  [...open].filter(([page, streams]) => streams > 0 && !page.isClosed()).map(([page]) => page)

describe.skipIf(!chromiumAvailable)('the console in many tabs', () => {
  let opened: Console
  let context: BrowserContext
  let streams: Map<Page, number>
  const tabs: Page[] = []

  beforeAll(async () => {
    opened = await openConsole()
    context = await opened.browser.newContext()
    streams = watchStreams(context)
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  let total = 0
  /** Sends to one more, and waits until every tab shows that. */
  const followNews = async () => {
    const text = { name: 'News', channel: 'sms', base_template: 'Hi' }
    const { id } = await opened.api.post<{ id: number }>('/campaigns', text)
    await opened.api.post(`/campaigns/${id}/send`, { customer_ids: [1] })
    total++
    const all = total === 1 ? '1 recipient in total' : `${total} recipients in total`
    for (const tab of tabs) await tab.getByText(all).waitFor()
  }

  test(
    'all of 8 tabs load and get live figures over one stream',
    async () => {
      for (let nth = 0; nth < TABS; nth++) {
        const tab = await context.newPage()
        tabs.push(tab)
        await tab.goto(`${opened.url}/operations`)
        await tab.getByRole('heading', { name: 'Throughput' }).waitFor()
      }
      await until('one tab streams', async () => readers(streams).length === 1)
      await followNews()
      expect(readers(streams)).toHaveLength(1)
    },
    LONG,
  )

  test(
    'another tab takes over when the one that streams is closed, with and without a farewell',
    async () => {
      for (const runBeforeUnload of [true, false]) {
        const [leader] = readers(streams)
        if (!leader) throw new Error('No tab streams')
        tabs.splice(tabs.indexOf(leader), 1)
        await leader.close({ runBeforeUnload })
        await until('another tab streams', async () => readers(streams).length === 1)
        await followNews()
      }
    },
    LONG,
  )

  test(
    'a hidden tab leaves the stream to a visible one',
    async () => {
      const [leader] = readers(streams)
      if (!leader) throw new Error('No tab streams')
      await leader.evaluate(() => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' })
        document.dispatchEvent(new Event('visibilitychange'))
      })
      await until('another tab streams', async () => {
        const [now, ...more] = readers(streams)
        return now !== undefined && now !== leader && more.length === 0
      })
      await followNews()
    },
    LONG,
  )
})

test.skipIf(!chromiumAvailable)(
  'a tab without a valid key is shown nothing of what a tab with one shares',
  async () => {
    const { browser, url, close } = await openConsole({ API_KEYS: KEY })
    try {
      const context = await browser.newContext()
      const enter = async (key: string) => {
        const page = await context.newPage()
        await page.goto(`${url}/operations`)
        await page.getByLabel('Key', { exact: true }).fill(key)
        await page.keyboard.press('Enter')
        return page
      }
      const allowed = await enter(KEY)
      await allowed.getByRole('heading', { name: 'Throughput' }).waitFor()
      const refused = await enter('a-key-of-somebody-else')
      await refused.getByText('This key is not valid').waitFor()
      const keyless = await context.newPage()
      await keyless.goto(`${url}/operations`)
      await keyless.getByRole('dialog', { name: 'API key' }).waitFor()
      // Longer than a leader is silent: each has asked for itself by then, and the figures went round.
      await allowed.waitForTimeout(5000)
      for (const page of [refused, keyless]) {
        expect(await page.getByRole('heading', { name: 'Throughput' }).count()).toBe(0)
        expect(await page.getByRole('dialog', { name: 'API key' }).count()).toBe(1)
      }
      // A key that is taken away takes the figures with it.
      await allowed.getByRole('button', { name: 'Forget API key' }).click()
      await allowed.getByRole('dialog', { name: 'API key' }).waitFor()
      expect(await allowed.getByRole('heading', { name: 'Throughput' }).count()).toBe(0)
      await keyless.getByLabel('Key', { exact: true }).fill(KEY)
      await keyless.keyboard.press('Enter')
      await keyless.getByRole('heading', { name: 'Throughput' }).waitFor()
    } finally {
      await close()
    }
  },
  LONG,
)
