/** The console when code does not come or a page throws: it says so and offers a way on, and is never blank. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page, Route } from 'playwright-core'
import { chromiumAvailable, openPage } from '../support/browser.ts'
import { type Console, openConsole } from '../support/console.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable)('the console', () => {
  let opened: Console
  /** Paths of the pages' code, which is loaded after the first page. */
  let chunks: readonly string[]

  beforeAll(async () => {
    opened = await openConsole()
    const index = await (await fetch(opened.url)).text()
    const entry = /src="(\/[^"]+\.js)"/.exec(index)?.[1]
    const from = new URL(entry ?? '', opened.url)
    const code = await (await fetch(from)).text()
    // Named as seen from the code that imports them.
    chunks = [...code.matchAll(/import\("([^"]+\.js)"\)/g)].map(([, path = '']) => new URL(path, from).pathname)
    expect(chunks.length).toBeGreaterThanOrEqual(5)
  }, LONG)
  afterAll(() => opened?.close(), LONG)

  /** The first page, with an answer of its own for the code of every other one. */
  async function openWith(answer: (route: Route) => Promise<void>): Promise<Page> {
    const { page } = await openPage(opened.browser)
    await page.route(
      ({ pathname }) => chunks.includes(pathname),
      (route) => answer(route),
    )
    await page.goto(`${opened.url}/campaigns`)
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor()
    return page
  }
  const openCustomers = (page: Page) => page.getByRole('link', { name: 'Customers' }).click()
  const customers = (page: Page) => page.getByRole('heading', { name: 'Customers' })
  const notLoaded = (page: Page) => page.getByRole('heading', { name: 'This page could not be loaded' })

  test(
    'opens a page whose code got lost once',
    async () => {
      const lost = new Set<string>()
      const page = await openWith(async (route) => {
        const url = route.request().url()
        if (lost.has(url)) return route.continue()
        lost.add(url)
        return route.abort()
      })
      await openCustomers(page)
      await customers(page).waitFor()
      expect(lost.size).toBeGreaterThan(0)
      await page.context().close()
    },
    LONG,
  )

  const never: Readonly<Record<string, (route: Route) => Promise<void>>> = {
    'does not come': (route) => route.abort(),
    'is a page in its place, as after an upgrade behind a proxy': (route) =>
      route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><p>Not code</p>' }),
    'is not known to the server any more': (route) => route.fulfill({ status: 404, body: 'Not found' }),
    'is cut off': (route) =>
      route.fulfill({ status: 200, contentType: 'text/javascript', body: 'export default function (' }),
    'throws when it runs': (route) =>
      route.fulfill({ status: 200, contentType: 'text/javascript', body: 'throw new Error("broken")' }),
  }
  for (const [name, answer] of Object.entries(never))
    test(
      `says so when the code of a page ${name}; the rest works, and so does the page after a reload`,
      async () => {
        let works = false
        const page = await openWith((route) => (works ? route.continue() : answer(route)))
        await openCustomers(page)
        await notLoaded(page).waitFor()
        await page.getByRole('link', { name: 'Campaigns', exact: true }).click()
        await page.getByRole('heading', { name: 'Campaigns' }).waitFor()
        await openCustomers(page)
        await notLoaded(page).waitFor()
        works = true
        await page.getByRole('button', { name: 'Reload the console' }).click()
        await customers(page).waitFor()
        await page.context().close()
      },
      LONG,
    )

  test(
    'opens the page on "Try again" once its code comes',
    async () => {
      let works = false
      const page = await openWith((route) => (works ? route.continue() : route.abort()))
      await openCustomers(page)
      await notLoaded(page).waitFor()
      works = true
      await page.getByRole('button', { name: 'Try again' }).click()
      await customers(page).waitFor()
      await page.context().close()
    },
    LONG,
  )

  test(
    'is never blank while its own code does not come',
    async () => {
      const { page } = await openPage(opened.browser)
      await page.route(/\.(js|css)$/, (route) => route.abort())
      await page.goto(`${opened.url}/campaigns`)
      await page.getByText('the server did not respond').waitFor()
      await page.unroute(/\.(js|css)$/)
      await page.getByRole('link', { name: 'reload the page' }).click()
      await page.getByRole('heading', { name: 'Campaigns' }).waitFor()
      await page.context().close()
    },
    LONG,
  )

  test(
    'says so when drawing a page throws, and other pages work',
    async () => {
      const { page } = await openPage(opened.browser)
      // An answer of another version: what the page counts on is missing.
      await page.route('**/api/campaigns/1', (route) => route.fulfill({ json: { id: 1, name: 'Odd' } }))
      await page.goto(`${opened.url}/campaigns/1`)
      await page.getByRole('heading', { name: 'This page has an error' }).waitFor()
      await openCustomers(page)
      await customers(page).waitFor()
      await page.unroute('**/api/campaigns/1')
      await page.goBack()
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.getByText('This page has an error').count()).toBe(0)
      await page.context().close()
    },
    LONG,
  )

  test(
    'has every page at hand once the first one is idle, also when the server is gone',
    async () => {
      const loaded = new Set<string>()
      const { page } = await openPage(opened.browser)
      page.on('requestfinished', (request) => loaded.add(new URL(request.url()).pathname))
      await page.goto(`${opened.url}/campaigns`)
      await page.getByRole('heading', { name: 'Campaigns' }).waitFor()
      while (!chunks.every((path) => loaded.has(path))) await page.waitForEvent('requestfinished')
      expect(await opened.server.end()).toBe(0)
      await openCustomers(page)
      await customers(page).waitFor()
      await page.getByRole('alert').waitFor()
    },
    LONG,
  )
})
