import { afterAll, describe, expect, test } from 'bun:test'
import { NetRefused, openNet, readHost } from '../../core/host/net.ts'

const granted = [
  'api.example.org',
  'api.example.org:8443',
  'http://localhost:8080',
  'xn--mnchen-3ya.example',
  '[2001:db8::1]',
]

/** Address that the transport is asked for, or the refusal. */
async function outcome(input: string | URL | Request, init?: RequestInit): Promise<string> {
  const asked: Request[] = []
  const net = openNet('p', granted, async (request) => {
    asked.push(request)
    return new Response('ok')
  })
  try {
    await net.fetch(input, init)
    return `reached ${asked[0]?.url}`
  } catch (error) {
    expect(error).toBeInstanceOf(NetRefused)
    expect(asked).toEqual([])
    return (error as Error).message
  }
}

describe('net.fetch() reaches', () => {
  test.each([
    ['https://api.example.org/v1?q=1', 'https://api.example.org/v1?q=1'],
    ['https://API.Example.ORG/', 'https://api.example.org/'],
    ['https://api.example.org:443/', 'https://api.example.org/'],
    ['https://api.example.org:8443/', 'https://api.example.org:8443/'],
    ['https:\\\\api.example.org\\x', 'https://api.example.org/x'],
    ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'],
    ['https://[2001:DB8:0::1]/', 'https://[2001:db8::1]/'],
    ['http://localhost:8080/', 'http://localhost:8080/'],
    ['https://api.example.org#@evil.example/', 'https://api.example.org/#@evil.example/'],
    [new URL('https://api.example.org/a'), 'https://api.example.org/a'],
    [new Request('https://api.example.org/b'), 'https://api.example.org/b'],
  ])('%s', async (input, url) => expect(await outcome(input)).toBe(`reached ${url}`))
})

describe('net.fetch() refuses', () => {
  const notGranted = (host: string, grant = host) => `Cannot reach "${host}": plugin "p" was not granted "net:${grant}"`
  test.each([
    ['https://example.org/', notGranted('example.org')],
    ['https://evil-api.example.org/', notGranted('evil-api.example.org')],
    ['https://api.example.org.evil.example/', notGranted('api.example.org.evil.example')],
    ['https://api.example.org./', notGranted('api.example.org.')],
    ['https://api.example.org:444/', notGranted('api.example.org:444')],
    ['http://api.example.org/', notGranted('api.example.org', 'http://api.example.org')],
    ['http://api.example.org:443/', notGranted('api.example.org:443', 'http://api.example.org:443')],
    ['https://localhost:8080/', notGranted('localhost:8080')],
    ['http://localhost/', notGranted('localhost', 'http://localhost')],
    ['http://127.0.0.1:8080/', notGranted('127.0.0.1:8080', 'http://127.0.0.1:8080')],
    ['https://[2001:db8::2]/', notGranted('[2001:db8::2]')],
    ['https://apі.example.org/', notGranted('xn--ap-ioc.example.org')], // the i is Cyrillic
    ['https://api.example.org@evil.example/', /^Cannot fetch from "evil.example" with a user in the address/],
    ['https://user:secret@api.example.org/', /^Cannot fetch from "api.example.org" with a user in the address/],
    ['data:text/plain,x', 'Cannot fetch a "data:" address: plugin "p" may use https:// and http:// only'],
    ['file:///etc/passwd', /^Cannot fetch a "file:" address/],
    ['blob:https://api.example.org/6a', /^Cannot fetch a "blob:" address/],
    ['ftp://api.example.org/', /^Cannot fetch a "ftp:" address/],
    ['//api.example.org/', /it is not a whole address$/],
    ['/v1', /it is not a whole address$/],
    ['api.example.org/v1', /it is not a whole address$/],
    [new URL('https://example.org/a'), notGranted('example.org')],
    [new Request('https://example.org/b'), notGranted('example.org')],
    ['https://', /it is not a whole address$/],
  ])('%s', async (input, message) => expect(await outcome(input)).toMatch(message))
})

test('options that lead elsewhere do nothing', async () => {
  let seen: Request | undefined
  const net = openNet('p', granted, async (request) => {
    seen = request
    return new Response('ok')
  })
  const init = {
    method: 'POST',
    body: 'x',
    headers: { host: 'evil.example', a: 'b' },
    redirect: 'follow',
    proxy: 'http://evil',
  }
  await net.fetch('https://api.example.org/', init as RequestInit)
  expect(seen?.redirect).toBe('manual')
  expect([...(seen?.headers.keys() ?? [])]).not.toContain('host')
  expect({ method: seen?.method, a: seen?.headers.get('a'), body: await seen?.text() }).toEqual({
    method: 'POST',
    a: 'b',
    body: 'x',
  })
  expect((seen as { proxy?: unknown } | undefined)?.proxy).toBeUndefined()
})

describe('readHost()', () => {
  test.each([
    ['api.example.org', { origin: 'https://api.example.org' }],
    ['api.example.org:8443', { origin: 'https://api.example.org:8443' }],
    ['http://localhost:8080', { origin: 'http://localhost:8080' }],
    ['[2001:db8::1]', { origin: 'https://[2001:db8::1]' }],
    ['api.example.org:443', { problem: 'write "api.example.org"' }],
    ['API.example.org', { problem: 'write "api.example.org"' }],
    ['https://api.example.org', { problem: 'write "api.example.org"' }],
    ['api.example.org/v1', { problem: 'write "api.example.org"' }],
    ['münchen.example', { problem: 'write "xn--mnchen-3ya.example"' }],
    ['user@api.example.org', { problem: 'write "api.example.org"' }],
    ['api.example.org.', { problem: 'a host has no dot at its end' }],
    ['*.example.org', { problem: 'a host has no "*"' }],
    ['', { problem: 'it is not a host' }],
    ['http://', { problem: 'it is not a host' }],
  ])('%s', (grant, read) => expect(readHost(grant)).toEqual(read))
})

describe('on a server', () => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/redirect') return Response.redirect('https://evil.example/', 302)
      if (pathname === '/hang') return new Promise<Response>(() => {})
      if (pathname === '/large') return new Response('x'.repeat(2000))
      if (pathname === '/endless')
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(500))),
          }),
        )
      if (pathname === '/packed')
        return new Response(Bun.gzipSync('x'.repeat(100_000)), { headers: { 'content-encoding': 'gzip' } })
      if (pathname === '/empty') return new Response(null, { status: 204 })
      return Response.json({ ok: true })
    },
  })
  afterAll(() => server.stop(true))
  const host = `http://127.0.0.1:${server.port}`
  const net = openNet('p', [host], undefined, { timeoutMs: 1000, maxBytes: 1000 })

  test('an answer comes as it is', async () => {
    expect(await (await net.fetch(`${host}/`)).json()).toEqual({ ok: true })
    expect((await net.fetch(`${host}/empty`)).status).toBe(204)
  })

  test('a redirect is an answer', async () => {
    const answer = await net.fetch(`${host}/redirect`)
    expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
      status: 302,
      to: 'https://evil.example/',
    })
  })

  test.each(['/large', '/endless', '/packed'])('%s is cut off at its limit', async (path) => {
    const read = async () => (await net.fetch(`${host}${path}`)).text()
    expect(await read().catch((error) => String(error))).toMatch(
      /answer of "127.0.0.1:\d+" to plugin "p" is larger than 1000 bytes/,
    )
  })

  test('a call without an answer ends', async () => {
    const error = await net.fetch(`${host}/hang`).catch((error) => error)
    expect(error.name).toBe('TimeoutError')
  })

  test('the caller may end it before', async () => {
    const stop = new AbortController()
    const call = net.fetch(`${host}/hang`, { signal: stop.signal }).catch((error) => error.name)
    stop.abort()
    expect(await call).toBe('AbortError')
  })
})
