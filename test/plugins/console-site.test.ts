import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { openAssets } from '../../plugins/console/assets.ts'
import { type BundledFile, bundle, readBundle, writeBundle } from '../../plugins/console/bundle.ts'
import { openSite } from '../../plugins/console/site.ts'
import { type Logged, openLogged } from '../support/api.ts'

const MOST_BYTES = 300 * 1024
const logged: Logged[] = []
const log = openLogged(logged) as never
const site = openSite({ config: { port: 0, country: 'KE' }, log })

/** Requests that reached the API of the same process. */
const asked: Request[] = []
const api = async (request: Request) => {
  asked.push(request)
  return Response.json({ body: await request.text() }, { status: 418, headers: { 'x-request-id': 'r1' } })
}
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  site.fetch(new Request(`http://localhost:3001${path}`, { method, headers }), api)

describe('the page', () => {
  test('comes with a policy that allows nothing inline and nothing from elsewhere', async () => {
    const response = await get('/')
    const text = await response.text()
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html;charset=utf-8'])
    expect(text).not.toMatch(/https?:\/\/|<style|<script(?![^>]* src=)| style=| on\w+=/)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*|http:|https:|data:|blob:/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('is the same at every address of its own, and nothing at others', async () => {
    const page = await (await get('/')).text()
    for (const path of ['/campaigns', '/campaigns/7', '/campaigns/new?x=1', '/customers/import'])
      expect([path, await (await get(path)).text()]).toEqual([path, page])
    for (const path of ['/assets/none.js', '/robots.txt', '/../core/main.ts', '/package.json'])
      expect([path, (await get(path)).status]).toEqual([path, 404])
    expect((await get('/', {}, 'POST')).status).toBe(405)
    expect(await (await get('/config.json')).json()).toEqual({ country: 'KE' })
  })

  test('loads under 300 KB, compressed as the browser takes it, and is not asked for twice', async () => {
    const page = await (await get('/')).text()
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '')
    expect(files.length).toBeGreaterThanOrEqual(3)
    const first = { br: 0, gzip: 0 }
    for (const path of files) {
      const plain = new Uint8Array(await (await get(path)).arrayBuffer())
      for (const [coding, decode] of [
        ['br', brotliDecompressSync],
        ['gzip', gunzipSync],
      ] as const) {
        const response = await get(path, { 'accept-encoding': `zstd, ${coding};q=0.9` })
        const bytes = new Uint8Array(await response.arrayBuffer())
        expect(response.headers.get('content-encoding')).toBe(coding)
        expect(Buffer.compare(decode(bytes), plain)).toBe(0)
        first[coding] += bytes.length
      }
      const refused = await get(path, { 'accept-encoding': 'br;q=0' })
      expect(refused.headers.get('content-encoding')).toBeNull()
      expect(refused.headers.get('cache-control')).toContain('immutable')
      const etag = refused.headers.get('etag') ?? ''
      expect((await get(path, { 'if-none-match': etag })).status).toBe(304)
    }
    console.log(`first load: ${first.br} bytes with Brotli, ${first.gzip} with gzip, in ${files.length + 1} files`)
    expect(first.gzip).toBeLessThan(MOST_BYTES)
    const head = await get('/', {}, 'HEAD')
    expect([await head.text(), Number(head.headers.get('content-length')) > 0]).toEqual(['', true])
  })
})

describe('/api', () => {
  test('is the API of this process, asked with what the caller sent and no cookie', async () => {
    const headers = { authorization: 'Bearer k', cookie: 'a=b', 'content-type': 'application/json' }
    const request = new Request('http://localhost:3001/api/campaigns?page=2', { method: 'POST', body: '{}', headers })
    const response = await site.fetch(request, api)
    const passed = asked.at(-1)
    expect([passed?.url, passed?.method]).toEqual(['http://localhost/campaigns?page=2', 'POST'])
    expect([passed?.headers.get('authorization'), passed?.headers.get('cookie')]).toEqual(['Bearer k', null])
    expect([response.status, await response.json()]).toEqual([418, { body: '{}' }])
    expect(response.headers.get('x-request-id')).toBe('r1')
    expect(response.headers.get('content-security-policy')).toContain('sandbox')
  })

  test('is another process where API_URL names one, and says so when it does not answer', async () => {
    const other = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async (request) =>
        new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`, { status: 201 }),
    })
    const far = openSite({ config: { port: 0, country: 'KE', apiUrl: `http://127.0.0.1:${other.port}/base/` }, log })
    const call = () =>
      far.fetch(
        new Request('http://localhost:3001/api/customers', { method: 'POST', body: new Blob(['x']).stream() }),
        api,
      )
    const answer = await call()
    expect([answer.status, await answer.text()]).toEqual([201, 'POST /base/customers x'])
    await other.stop(true)
    const gone = await call()
    expect([gone.status, await gone.json()]).toEqual([
      502,
      { error: { code: 'API_UNREACHABLE', message: expect.stringContaining('API_URL') } },
    ])
    expect(logged.splice(0).map(({ level }) => level)).toEqual(['warn'])
  })

  test('learns nothing of the page that asks, and its answers are kept by nobody', async () => {
    const browser = {
      origin: 'https://sms.example.org',
      referer: 'https://sms.example.org/x',
      'sec-fetch-site': 'same-origin',
    }
    const response = await get('/api/campaigns', { ...browser, 'sec-fetch-mode': 'cors', accept: '*/*' })
    const passed = [...(asked.at(-1)?.headers.keys() ?? [])]
    expect(passed).toEqual(['accept'])
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('under the path of CONSOLE_URL', () => {
  const under = openSite({ config: { port: 0, country: 'KE', url: 'https://sms.example.org/mass/sms' }, log })
  const at = (path: string) => under.fetch(new Request(`http://localhost:3001${path}`), api)

  test('the page names its files by it', async () => {
    const page = await (await at('/')).text()
    expect(page).toContain('<meta name="base" content="/mass/sms/"')
    expect([...page.matchAll(/(?:src|href)="([^"]*\/[^"]+)"/g)].map(([, file]) => file)).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^\/mass\/sms\/assets\/[\w-]+\.(js|css|svg)$/)),
    )
  })

  test('a proxy may pass it on, or not', async () => {
    const page = await (await at('/')).text()
    const [, script = ''] = /src="\/mass\/sms([^"]+)"/.exec(page) ?? []
    for (const before of ['', '/mass/sms']) {
      expect(await (await at(`${before}/customers`)).text()).toBe(page)
      expect((await at(before + script)).headers.get('content-type')).toContain('javascript')
      expect(await (await at(`${before}/config.json`)).json()).toEqual({ country: 'KE' })
      expect((await at(`${before}/api/campaigns?page=2`)).status).toBe(418)
      expect(asked.at(-1)?.url).toBe('http://localhost/campaigns?page=2')
    }
  })
})

describe('prepare()', () => {
  const page: BundledFile = { path: '/index.html', type: 'text/html', bytes: new TextEncoder().encode('<p>Hi</p>') }

  test('bundles before the first visit, once', async () => {
    let bundled = 0
    const prepared = openSite({ config: { port: 0, country: 'KE' }, log }, async () => {
      bundled++
      return [page]
    })
    await Promise.all([prepared.prepare?.(), prepared.prepare?.()])
    expect(bundled).toBe(1)
    expect(await (await prepared.fetch(new Request('http://localhost:3001/'), api)).text()).toBe('<p>Hi</p>')
    expect([bundled, logged.splice(0).map(({ level }) => level)]).toEqual([1, ['debug', 'debug']])
  })

  test('compresses before the first visit, while others have their turn', async () => {
    const text = Array.from({ length: 200_000 }, (_, nth) => `line ${(nth * 2_654_435_761) % 4_294_967_296};`).join(
      '\n',
    )
    const script = { path: '/assets/a.js', type: 'text/javascript', bytes: new TextEncoder().encode(text) }
    const assets = openAssets({}, '/', async () => [page, script])
    let [turns, over] = [0, false]
    const count = async () => {
      for (; !over; turns++) await Bun.sleep(1)
    }
    const counting = count()
    await assets.load()
    over = true
    await counting
    expect(turns).toBeGreaterThan(10)
    // Compressed at a visit, it would be what stands here then.
    script.bytes.fill(0)
    const found = await assets.find(script.path)
    const brotli = brotliDecompressSync(found?.encoded('br').bytes ?? '')
    const gzip = gunzipSync(found?.encoded('gzip').bytes ?? '')
    expect([brotli.toString() === text, gzip.toString() === text]).toEqual([true, true])
  })

  test('logs a failure, and the visit tries again', async () => {
    const answers = [() => Promise.reject(new Error('no memory')), () => Promise.resolve([page])]
    const failing = openSite({ config: { port: 0, country: 'KE' }, log }, () => answers.shift()?.() ?? Promise.reject())
    await failing.prepare?.()
    expect(logged.splice(0)).toEqual([{ level: 'error', line: { err: new Error('no memory') } }])
    expect((await failing.fetch(new Request('http://localhost:3001/'), api)).status).toBe(200)
  })
})

afterAll(() => expect(logged).toEqual([]))

test('a bundle that was written when an image was built is the one that Bun makes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'campaign-dispatch-bundle-'))
  try {
    expect(await readBundle(folder)).toBeUndefined()
    const count = await writeBundle(folder)
    const [written, made] = [await readBundle(folder), await bundle()]
    expect(written?.length).toBe(count)
    const view = (files: readonly BundledFile[] | undefined) =>
      files?.map(({ path, type, bytes }) => [path, type, bytes.length])
    expect(view(written)).toEqual(view(made))
    expect(written?.some(({ path }) => path === '/index.html')).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})
