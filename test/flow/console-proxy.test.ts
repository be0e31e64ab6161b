/** The console behind nginx, as people set it up: at the root, under a path that is passed on or not, with TLS before it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { chromiumAvailable, launchBrowser, openPage } from '../support/browser.ts'
import { consoleUrl } from '../support/console.ts'
import { freePort, type Nginx, nginxAvailable, startNginx } from '../support/nginx.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'

const LONG = 120_000

describe.skipIf(!chromiumAvailable || !nginxAvailable)('behind nginx', () => {
  let browser: Browser
  const fronts: Nginx[] = []

  beforeAll(async () => {
    browser = await launchBrowser(['--host-resolver-rules=MAP *.example.org 127.0.0.1', '--ignore-certificate-errors'])
  }, LONG)
  afterAll(async () => {
    await browser?.close()
    for (const front of fronts) await front.stop()
    await releaseServers()
    await releaseFolders()
  }, LONG)

  /** @param url undefined: CONSOLE_URL is not set */
  async function openBehind(url: string | undefined): Promise<string> {
    const settings = { DATA_DIR: await freshFolder(), SAMPLE_DATA: 'off', LOG_LEVEL: 'warn' }
    const server = await startServer({ ...settings, ...(url && { CONSOLE_URL: url }) })
    return consoleUrl(server).replace('localhost', '127.0.0.1')
  }

  async function front(...given: Parameters<typeof startNginx>): Promise<void> {
    fronts.push(await startNginx(...given))
  }

  /** Loads pages at their own addresses, follows links, reads live figures, writes. */
  async function use(base: string): Promise<void> {
    const { page, complaints } = await openPage(browser)
    await page.goto(`${base}/`)
    await page.getByText('No campaigns yet').waitFor()
    expect(page.url()).toBe(`${base}/campaigns`)
    await page.getByRole('link', { name: 'Customers' }).click()
    await page.getByRole('button', { name: 'New customer' }).click()
    await page.getByRole('textbox', { name: 'Phone' }).fill('+254712345678')
    await page.getByRole('button', { name: 'Add customer' }).click()
    await page.getByRole('cell', { name: '+254712345678' }).waitFor()
    expect(page.url()).toBe(`${base}/customers`)
    await page.goto(`${base}/operations`)
    await page.getByRole('heading', { name: 'Throughput' }).waitFor()
    await page.getByRole('link', { name: 'Campaigns', exact: true }).click()
    await page.getByText('No campaigns yet').waitFor()
    // Without TLS a browser says this of every page.
    expect(
      complaints.filter((one) => !one.startsWith('The Cross-Origin-Opener-Policy header has been ignored')),
    ).toEqual([])
    await page.context().close()
  }

  test(
    'at the root, with nothing set',
    async () => {
      const at = await openBehind(undefined)
      const port = await freePort()
      await front(`location / { proxy_pass ${at}; }`, { port })
      await use(`http://localhost:${port}`)
    },
    LONG,
  )

  test(
    'under a path that is taken off, with TLS and the public name passed on',
    async () => {
      const port = await freePort()
      const at = await openBehind(`https://sms.example.org:${port}/mass/sms/`)
      await front(`location /mass/sms/ { proxy_pass ${at}/; proxy_set_header Host $http_host; }`, { port, tls: true })
      await use(`https://sms.example.org:${port}/mass/sms`)
    },
    LONG,
  )

  test(
    'under a path that is passed on, without TLS, so that browsers say nothing but Origin',
    async () => {
      const port = await freePort()
      const at = await openBehind(`http://sms.example.org:${port}/mass`)
      await front(`location /mass/ { proxy_pass ${at}; }`, { port })
      await use(`http://sms.example.org:${port}/mass`)
    },
    LONG,
  )
})
