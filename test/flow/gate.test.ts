/** Pages of other sites, in Chromium, against the API's port and the console's, without keys: nothing they send changes anything. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { Browser } from 'playwright-core'
import { chromiumAvailable, launchBrowser, openPage } from '../support/browser.ts'
import { consoleUrl } from '../support/console.ts'
import { releaseServers, type ServerProcess, startServer } from '../support/server-process.ts'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'

const LONG = 120_000

let server: ServerProcess
let consoleAt: string
const json = { 'content-type': 'application/json' }
const post = (path: string, body: unknown) =>
  fetch(server.url + path, { method: 'POST', headers: json, body: JSON.stringify(body) })
const status = async () => (await (await fetch(`${server.url}/campaigns/1`)).json()).status

beforeAll(async () => {
  server = await startServer({ DATA_DIR: await freshFolder(), SAMPLE_DATA: 'off' })
  consoleAt = consoleUrl(server)
  await post('/customers', { phone: '+254712345678' })
  await post('/campaigns', { name: 'a', channel: 'sms', base_template: 'b', scheduled_at: '2999-01-01T00:00:00Z' })
  await post('/campaigns/1/send', { customer_ids: [1] })
  expect(await status()).toBe('scheduled')
}, LONG)
afterAll(async () => {
  await releaseServers()
  await releaseFolders()
}, LONG)

describe.skipIf(!chromiumAvailable)('in Chromium', () => {
  let browser: Browser
  let evil: Bun.Server<undefined>

  beforeAll(async () => {
    browser = await launchBrowser(['--host-resolver-rules=MAP *.example 127.0.0.1'])
    evil = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () => new Response('<!doctype html><p>evil', { headers: { 'content-type': 'text/html' } }),
    })
  }, LONG)
  afterAll(async () => {
    await browser?.close()
    await evil?.stop(true)
  }, LONG)

  const targets = () => [`${server.url}/campaigns/1/cancel`, `${consoleAt}/api/campaigns/1/cancel`]
  /** Pages of another site, and of the same site at another port. */
  const pages = () => [`http://evil.example:${evil.port}/`, `http://localhost:${evil.port}/`]

  test(
    'a form that sends itself',
    async () => {
      for (const from of pages())
        for (const target of targets())
          for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
            const { page } = await openPage(browser)
            await page.goto(from)
            const answered = page.waitForResponse((response) => response.url() === target)
            await page.evaluate(
              ([action = '', type = '']) => {
                const form = document.createElement('form')
                Object.assign(form, { action, method: 'POST', enctype: type })
                document.body.append(form)
                form.submit()
              },
              [target, enctype],
            )
            expect([from, target, enctype, (await answered).status()]).toEqual([from, target, enctype, 403])
            await page.context().close()
          }
      expect(await status()).toBe('scheduled')
    },
    LONG,
  )

  test(
    'requests by script, and pictures and frames',
    async () => {
      for (const from of pages())
        for (const target of targets()) {
          const { page } = await openPage(browser)
          const statuses: number[] = []
          page.on('response', (response) => {
            if (response.url() === target) statuses.push(response.status())
          })
          await page.goto(from)
          const failures = await page.evaluate(async (url) => {
            const asked = [
              fetch(url, { method: 'POST', mode: 'no-cors' }),
              fetch(url, { method: 'POST', mode: 'no-cors', body: '{}' }),
              fetch(url, { method: 'POST', mode: 'no-cors', body: new URLSearchParams('a=1'), credentials: 'include' }),
              fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
              fetch(url, { method: 'DELETE' }),
            ]
            navigator.sendBeacon(url, 'x')
            const frame = document.createElement('iframe')
            frame.src = url
            document.body.append(frame, Object.assign(new Image(), { src: url }))
            const settled = await Promise.allSettled(asked)
            return settled.map((one) => (one.status === 'fulfilled' ? one.value.type : 'refused'))
          }, target)
          expect(failures).toEqual(['opaque', 'opaque', 'opaque', 'refused', 'refused'])
          expect(statuses.filter((one) => one < 400)).toEqual([])
          await page.context().close()
        }
      expect(await status()).toBe('scheduled')
    },
    LONG,
  )

  test(
    'a name that was made to lead here',
    async () => {
      for (const url of [server.url, consoleAt]) {
        const bound = url.replace('localhost', 'rebound.example')
        const { page } = await openPage(browser)
        const answer = await page.goto(`${bound}/`)
        expect([bound, answer?.status()]).toEqual([bound, 403])
        const inside = await page
          .evaluate(async () => {
            const send = async (method: string, path: string) => (await fetch(path, { method })).status
            return [
              await send('POST', '/campaigns/1/cancel'),
              await send('POST', '/api/campaigns/1/cancel'),
              await send('GET', '/customers'),
            ]
          })
          .catch(() => [403, 403, 403])
        expect(inside).toEqual([403, 403, 403])
        await page.context().close()
      }
      expect(await status()).toBe('scheduled')
    },
    LONG,
  )

  test(
    'a link elsewhere leads to the console, whose own page may do everything',
    async () => {
      const { page } = await openPage(browser)
      await page.goto(`http://evil.example:${evil.port}/`)
      await page.evaluate((href) => {
        const link = document.createElement('a')
        Object.assign(link, { href, textContent: 'go' })
        document.body.append(link)
        link.click()
      }, `${consoleAt}/customers`)
      await page.getByRole('heading', { name: 'Customers' }).waitFor()
      const paused = await page.evaluate(
        async () => (await fetch('/api/campaigns/1/cancel', { method: 'POST' })).status,
      )
      expect([paused, await status()]).toEqual([200, 'cancelled'])
    },
    LONG,
  )
})

/** The first answer on a connection of its own. */
function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', (part) => {
      answer += part
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

const hosts = [
  'localhost:99999',
  'a b',
  '',
  '[::1',
  'x@y',
  'a/b',
  'é',
  'localhost, evil',
  'localhost%00.evil',
  'a'.repeat(5000),
]
const paths = [
  '/%zz',
  '/%ff',
  '/campaigns/%00',
  '/api/%zz',
  '/assets/%zz',
  '/..%2f..%2fetc/passwd',
  '//evil.example/x',
  '/\\evil',
  '/x?%zz',
  `/${'a'.repeat(10_000)}`,
  'http://evil.example:99999/x',
  'http://[::1/x',
]
/** Targets that the parser of the HTTP server refuses itself, without a body. */
const unparsed = ['*', 'x', '/a\0b', '/x y', `/${'a'.repeat(40_000)}`]

test('whatever stands in Host or in the path brings no page of the framework', async () => {
  for (const url of [server.url, consoleAt]) {
    const ask = (target: string, host: string) =>
      raw(url, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    for (const host of hosts) {
      const answer = await ask('/customers', host)
      const [, body = ''] = answer.split('\r\n\r\n')
      const expected = host.startsWith('aaa') ? ['HTTP/1.1 403', 'FOREIGN_HOST'] : ['HTTP/1.1 400', 'INVALID_REQUEST']
      expect([url, host, answer.slice(0, 12), JSON.parse(body).error.code]).toEqual([url, host, ...expected])
    }
    for (const target of [...paths, ...unparsed]) {
      const answer = await ask(target, 'localhost')
      expect([url, target, /^HTTP\/1\.1 (200|[45]0\d|431)/.test(answer)]).toEqual([url, target, true])
      expect(answer).not.toMatch(/\/work\/|\.tsx?\b|node_modules|Bun v|bun:|at .*\(|<script>/)
      expect([target, /^HTTP\/1\.1 500/.test(answer)]).toEqual([target, false])
    }
  }
  const refused = server
    .stdout()
    .split('\n')
    .filter((line) => line.includes('names no valid host'))
  expect(refused.length).toBeGreaterThanOrEqual(2 * (hosts.length - 1))
})

test('programs that are no browser come in as ever, and nothing may keep what they are answered', async () => {
  for (const url of [server.url, `${consoleAt}/api`]) {
    const answer = await fetch(`${url}/customers`)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect((await fetch(`${url}/campaigns/1/pause`, { method: 'POST' })).status).toBe(409)
  }
  expect((await fetch(`${server.url}/customers`, { headers: { origin: 'http://evil.example' } })).status).toBe(403)
})
