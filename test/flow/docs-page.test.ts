/** The documentation in Chromium, on a machine that reaches nothing but the server. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import packageJson from '../../package.json' with { type: 'json' }
import { chromiumAvailable, launchBrowser, openPage } from '../support/browser.ts'
import { releaseServers, type ServerProcess, startServer } from '../support/server-process.ts'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'

const LONG = 120_000

let server: ServerProcess

beforeAll(async () => {
  const settings = { SAMPLE_DATA: 'off', API_KEYS: 'a-key-of-the-tests-1' }
  server = await startServer({ DATA_DIR: await freshFolder(), ...settings })
}, LONG)
afterAll(async () => {
  await releaseServers()
  await releaseFolders()
}, LONG)

describe.skipIf(!chromiumAvailable)('in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  }, LONG)
  afterAll(() => browser?.close(), LONG)

  test(
    'shows every operation without a request to elsewhere, and GET / leads to it',
    async () => {
      const { page, complaints } = await openPage(browser)
      const elsewhere: string[] = []
      await page.route('**/*', (route) => {
        const url = route.request().url()
        if (url.startsWith(`${server.url}/`) || url.startsWith('data:')) return route.continue()
        elsewhere.push(url)
        return route.abort()
      })
      await page.goto(`${server.url}/`)
      expect(page.url()).toBe(`${server.url}/swagger`)
      await page.getByText('Send a campaign to customers').click()
      await page.getByText('TOO_MANY_CUSTOMER_IDS').first().waitFor()
      const { paths } = await (await fetch(`${server.url}/swagger/json`)).json()
      const operations = Object.values(paths as Record<string, object>).flatMap((methods) => Object.keys(methods))
      expect(await page.locator('.opblock').count()).toBe(operations.length)
      expect({ elsewhere, complaints }).toEqual({ elsewhere: [], complaints: [] })
    },
    LONG,
  )
})

test('cannot be framed, is what it says it is, and needs no key', async () => {
  for (const file of ['', '/json', '/start.js', '/swagger-ui.css', '/swagger-ui-bundle.js']) {
    const { status, headers } = await fetch(`${server.url}/swagger${file}`)
    expect([file, status, headers.get('x-frame-options'), headers.get('x-content-type-options')]).toEqual([
      file,
      200,
      'DENY',
      'nosniff',
    ])
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('cache-control')).not.toContain('no-store')
  }
})

test('GET / tells programs where everything is', async () => {
  const answer = await fetch(`${server.url}/`)
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      name: 'campaign-dispatch',
      version: '0.1.0',
      documentation: '/swagger',
      openapi: '/swagger/json',
      health: '/health',
    },
  ])
})

test('the viewer is among what a production install brings, in one version', () => {
  expect(packageJson.dependencies['swagger-ui-dist']).toMatch(/^\d+\.\d+\.\d+$/)
})
