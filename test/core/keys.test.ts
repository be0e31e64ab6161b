import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Elysia } from 'elysia'
import { systemClock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { openKeys, splitKeys } from '../../core/http/keys.ts'
import { listen } from '../../core/http/listen.ts'
import { openRefusedKeys } from '../../core/http/refused-keys.ts'
import { hiddenRoute } from '../../core/http/route.ts'
import { baseServer } from '../../core/http/server.ts'
import { type Logged, openLogged } from '../support/api.ts'

const KEY = 'a-key-of-the-tests-1'
const OTHER = 'another/key+of~tests=='

describe('splitKeys()', () => {
  test.each([
    [undefined, []],
    ['', []],
    [KEY, [KEY]],
    [` ${KEY} ,${OTHER}`, [KEY, OTHER]],
  ])('%j', (text, keys) => {
    expect(splitKeys(text)).toEqual(keys)
  })
})

describe('openKeys()', () => {
  const authenticate = openKeys([KEY, OTHER])
  const callerWith = (authorization: string | undefined) =>
    authenticate(new Headers(authorization === undefined ? {} : { authorization }))
  const isLetIn = (authorization: string | undefined) => {
    const caller = callerWith(authorization)
    if (!(caller instanceof AppError)) return true
    expect(caller.code).toBe('UNAUTHORIZED')
    return false
  }

  test.each([`Bearer ${KEY}`, `Bearer ${OTHER}`, `bearer ${KEY}`, `BEARER   ${KEY}`, `Bearer ${KEY} `])(
    'lets in %j',
    (authorization) => expect(isLetIn(authorization)).toBe(true),
  )

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    KEY,
    `Basic ${KEY}`,
    `Bearer${KEY}`,
    `Bearer ${KEY.slice(0, -1)}`,
    `Bearer ${KEY}x`,
    `Bearer ${KEY.toUpperCase()}`,
    `Bearer ${KEY} ${OTHER}`,
    `Bearer ${KEY},${OTHER}`,
    `Bearer wrong, Bearer ${KEY}`,
  ])('keeps out %j', (authorization) => expect(isLetIn(authorization)).toBe(false))

  test('names who calls by the beginning of the key’s hash, with all scopes', () => {
    expect(callerWith(`Bearer ${KEY}`)).toEqual({ actor: 'key:c82ea8dc', scopes: 'all' })
    expect(callerWith(`Bearer ${OTHER}`)).not.toEqual(callerWith(`Bearer ${KEY}`))
  })

  test('without keys lets in everybody, as `local` with all scopes', () => {
    expect(openKeys([])(new Headers({ authorization: 'Bearer x' }))).toEqual({ actor: 'local', scopes: 'all' })
  })

  test('tells nothing of what was given', () => {
    const caller = callerWith('Bearer not-a-key-of-ours')
    expect((caller as AppError).message).toBe('The API key is not valid')
  })
})

const logged: Logged[] = []
const routes = new Elysia()
  .get('/things', () => ({ secret: true }))
  .post('/things', ({ body }) => ({ secret: true, body }), { parse: 'json' })
  .get('/health', () => ({ status: 'healthy' }), { detail: hiddenRoute({ open: true }) })
const app = baseServer({ log: openLogged(logged), authenticate: openKeys([KEY, OTHER]) }).use(routes)

describe('a server with keys', () => {
  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    app.handle(new Request(`http://localhost${path}`, { method, headers }))

  test.each([
    ['GET', '/things'],
    ['POST', '/things'],
    ['DELETE', '/things'],
    ['OPTIONS', '/things'],
    ['GET', '/nothing'],
    ['GET', '/health/x'],
    ['GET', '/healthy'],
    ['GET', '/swagger/other'],
    ['GET', '/%68ealth'],
    ['GET', '/things?page=%zz'],
  ])('answers %s %s with 401 and the form of all errors', async (method, path) => {
    const answer = await call(method, path)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(answer.headers.get('x-request-id')).toBeString()
    expect(await answer.json()).toEqual({
      error: { code: 'UNAUTHORIZED', message: 'An API key is missing: send the header "Authorization: Bearer <key>"' },
    })
  })

  test('answers HEAD with 401 and no body', async () => {
    const answer = await call('HEAD', '/things')
    expect([answer.status, await answer.text()]).toEqual([401, ''])
  })

  test.each(['/', '/health', '/health/', '/swagger', '/swagger/', '/swagger/json', '/swagger/start.js', '/health?a=1'])(
    'answers GET %s to everybody',
    async (path) => {
      expect((await call('GET', path)).status).toBe(200)
    },
  )

  test.each([KEY, OTHER])('answers whoever shows %s', async (key) => {
    const authorization = `Bearer ${key}`
    expect((await call('GET', '/things', { authorization })).status).toBe(200)
    const unknown = await call('GET', '/nothing', { authorization })
    expect([unknown.status, unknown.headers.get('www-authenticate')]).toEqual([404, null])
  })

  test('logs no key, neither a right nor a wrong one', async () => {
    logged.length = 0
    await call('DELETE', '/things', { authorization: `Bearer ${KEY}` })
    await call('DELETE', '/things', { authorization: 'Bearer a-wrong-key-0000000' })
    const statuses = logged.map(({ line }) => (line as { status?: number }).status).filter((status) => status)
    expect(statuses).toEqual([405, 401])
    const actors = logged.flatMap(({ line }) => (line as { actor?: string }).actor ?? [])
    expect(actors).toEqual(['key:c82ea8dc', 'anonymous'])
    expect(JSON.stringify(logged)).not.toMatch(/a-key-of|a-wrong-key/)
  })
})

describe('a server with keys, on a socket', () => {
  beforeAll(() => void app.listen({ port: 0, hostname: '127.0.0.1' }))
  afterAll(() => app.stop(true))

  function raw(text: string): Promise<string> {
    return new Promise((resolve) => {
      let answer = ''
      const socket = connect(app.server?.port ?? 0, '127.0.0.1', () => socket.write(text))
      socket.on('data', (part) => {
        answer += part
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer))
    })
  }
  const lines = (...all: string[]) => [...all, 'Connection: close', '', ''].join('\r\n')

  // The router looks for the path from the twelfth character of the URL on: left to itself it takes several for /things.
  test.each([
    ['a', '/health?/things'],
    ['api', '/health?/things'],
    ['a', '/health#/things'],
    ['', '/health?aaaaa/things'],
    ['a b', '/x://a/health?/things'],
    ['a b', '/x://a/health#/things'],
    ['a/health?', '/things'],
    ['a/health#', '/things'],
    ['x@y', '/things'],
    ['localhost', '/health/../things'],
    ['localhost', '/swagger/..\\things'],
    ['localhost', 'http://a/health?/things'],
  ])('Host %j and %s give nothing away', async (host, target) => {
    const answer = await raw(lines(`GET ${target} HTTP/1.1`, `Host: ${host}`))
    expect(answer).toStartWith('HTTP/1.1 ')
    expect(answer).not.toContain('secret')
  })

  test.each(['a', 'api', '', 'a b', 'localhost'])('a caller with a key is understood under Host %j', async (host) => {
    const body = '{"a":1}'
    const answer = await raw(
      `${lines(
        'POST /things HTTP/1.1',
        `Host: ${host}`,
        `Authorization: Bearer ${KEY}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      )}${body}`,
    )
    expect(answer).toContain('{"secret":true,"body":{"a":1}}')
    expect(await raw(lines('GET /health HTTP/1.1', `Host: ${host}`))).toContain('healthy')
  })

  test('HTTP/1.0 without a host is understood', async () => {
    expect(await raw(lines('GET /health HTTP/1.0'))).toContain('healthy')
    expect(await raw(lines('GET /things HTTP/1.0'))).toContain(' 401 ')
  })
})

test('a refused caller is logged with its address, once in ten seconds, and never with its key', () => {
  const lines: Logged[] = []
  let now = 0
  const tell = openRefusedKeys(openLogged(lines), () => now)
  const from = (address: string | undefined) =>
    tell({ address, method: 'POST', path: '/campaigns', request_id: 'r' }, 'The API key is not valid')
  for (let time = 0; time < 50; time++) from('192.0.2.1')
  from('192.0.2.2')
  from(undefined)
  now = 10_000
  from('192.0.2.1')
  const call = { method: 'POST', path: '/campaigns', request_id: 'r' }
  expect(lines).toEqual(
    [
      { ...call, address: '192.0.2.1', more: 0 },
      { ...call, address: '192.0.2.2', more: 0 },
      { ...call, address: 'unknown', more: 0 },
      { ...call, address: '192.0.2.1', more: 49 },
    ].map((line) => ({ level: 'warn', line })),
  )
})

test('over a socket the log names the caller of a refused request', async () => {
  const lines: Logged[] = []
  const server = baseServer({ log: openLogged(lines), authenticate: openKeys([KEY]) })
  const place = { host: '127.0.0.1', port: 0, setting: 'PORT' }
  const listening = listen(place, server.fetch, { clock: systemClock, log: openLogged(lines) })
  const authorization = 'Bearer a-wrong-key-0000000'
  expect((await fetch(`${listening.url}/things`, { headers: { authorization } })).status).toBe(401)
  await listening.stop(1)
  expect(lines.find(({ level }) => level === 'warn')?.line).toMatchObject({
    address: expect.stringMatching(/^(127\.0\.0\.1|::ffff:127\.0\.0\.1|::1)$/),
    method: 'GET',
    path: '/things',
  })
  expect(JSON.stringify(lines)).not.toContain('a-wrong-key')
})
