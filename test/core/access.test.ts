/** Access of a server's routes: who is let in, and what is looked at before. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { t } from 'elysia'
import { isOpen } from '../../core/http/access.ts'
import type { Authenticate } from '../../core/http/keys.ts'
import { anonymous, type Principal, principalOf } from '../../core/http/principal.ts'
import { hiddenRoute } from '../../core/http/route.ts'
import { baseServer } from '../../core/http/server.ts'
import { type Logged, openLogged } from '../support/api.ts'

let caller: Principal
let reached: string[]
beforeEach(() => {
  reached = []
})
const authenticate: Authenticate = () => caller
const logged: Logged[] = []

const reads = { detail: hiddenRoute({ scope: 'things:read' }) }
const writes = { detail: hiddenRoute({ scope: 'things:write' }) }
const note = ({ request }: { request: Request }) => {
  reached.push(`${request.method} by ${principalOf(request).actor}`)
  return { done: true }
}
const app = baseServer({ log: openLogged(logged), authenticate })
  .get('/open', note, { detail: hiddenRoute({ open: true }) })
  .get('/things', note, reads)
  .get('/things/:id', note, reads)
  .post('/things', note, { ...writes, body: t.Object({ name: t.String() }) })
  .post('/raw', note, { ...writes, parse: 'none' })
  .put('/things/:id', note, writes)
  .delete('/things/:id', note, writes)
  .get('/undeclared', note)

const limited = (...scopes: string[]): Principal => ({ actor: 'limited', scopes: new Set(scopes) })

async function ask(method: string, path: string, init: RequestInit = {}) {
  const response = await app.handle(new Request(`http://localhost${path}`, { method, ...init }))
  const text = await response.text()
  return { status: response.status, error: text ? JSON.parse(text).error : undefined }
}

const things = [
  ['GET', '/things', 'things:read'],
  ['GET', '/things/', 'things:read'],
  ['HEAD', '/things', 'things:read'],
  ['GET', '/things/7', 'things:read'],
  ['POST', '/things', 'things:write'],
  ['POST', '/raw', 'things:write'],
  ['PUT', '/things/7', 'things:write'],
  ['DELETE', '/things/7', 'things:write'],
] as const

describe('a caller with some scopes', () => {
  test.each(things)('is refused %s %s without %s, which the answer names', async (method, path, scope) => {
    caller = limited('things:other')
    const { status, error } = await ask(method, path)
    expect([status, reached]).toEqual([403, []])
    if (method !== 'HEAD')
      expect(error).toEqual({ code: 'FORBIDDEN', message: `This caller lacks the scope "${scope}"` })
  })

  test.each(things)('is answered %s %s with %s', async (method, path, scope) => {
    caller = limited(scope)
    const json = { body: '{"name":"a"}', headers: { 'content-type': 'application/json' } }
    expect((await ask(method, path, method === 'POST' ? json : {})).status).toBe(200)
    expect(reached).toEqual([`${method} by limited`])
  })

  test('is refused a route that declares nothing', async () => {
    caller = limited('things:read', 'things:write')
    expect((await ask('GET', '/undeclared')).error).toEqual({
      code: 'FORBIDDEN',
      message: 'This caller may not use this route',
    })
  })

  test('is refused before the body is read or looked at', async () => {
    caller = limited('things:read')
    const pulled: string[] = []
    const pull = (controller: ReadableStreamDefaultController) => {
      pulled.push('a part')
      controller.close()
    }
    const body = () => new ReadableStream({ pull }, { highWaterMark: 0 })
    const headers = { 'content-type': 'text/html', 'idempotency-key': 'k' }
    for (const path of ['/things', '/raw'])
      expect((await ask('POST', path, { body: body(), headers, duplex: 'half' } as RequestInit)).status).toBe(403)
    expect([pulled, reached]).toEqual([[], []])
  })
})

test('the log says who wrote, and nothing of who only reads', async () => {
  caller = limited('things:write', 'things:read')
  logged.length = 0
  await ask('PUT', '/things/7')
  await ask('GET', '/things/7')
  const actors = logged.map(({ level, line }) => [level, (line as { actor?: string }).actor])
  expect(actors).toEqual([
    ['info', 'limited'],
    ['debug', undefined],
  ])
})

describe('the route itself', () => {
  // As if the edge had taken another path for the one that the router sees.
  test('refuses who is not known', async () => {
    caller = anonymous
    expect((await ask('GET', '/things')).error?.code).toBe('UNAUTHORIZED')
    expect((await ask('GET', '/open')).status).toBe(200)
    expect(reached).toEqual(['GET by anonymous'])
  })
})

describe('isOpen()', () => {
  const open = { hooks: hiddenHooks({ open: true }) }
  const closed = { hooks: hiddenHooks({ scope: 'a:read' }) }
  const routes = [
    { method: 'GET', path: '/', ...open },
    { method: 'GET', path: '/health', ...open },
    { method: 'GET', path: '/mixed', ...open },
    { method: 'POST', path: '/mixed', ...closed },
    { method: 'GET', path: '/mixed/:id', ...closed },
    { method: 'GET', path: '/mixed/open', ...open },
    { method: 'POST', path: '/hooks/:name', ...open },
    { method: 'GET', path: '/undeclared' },
  ]

  test.each([
    ['GET', '/', true],
    ['HEAD', '/', true],
    ['GET', '/health', true],
    ['GET', '/health/', true],
    ['HEAD', '/health/', true],
    ['POST', '/health', true],
    ['GET', '/health//', false],
    ['GET', '//health', false],
    ['GET', '/Health', false],
    ['GET', '/%68ealth', false],
    ['GET', '/health/x', false],
    ['GET', '/healthy', false],
    ['GET', '/mixed', true],
    ['HEAD', '/mixed', true],
    ['POST', '/mixed', false],
    ['PUT', '/mixed', false],
    ['GET', '/mixed/7', false],
    ['GET', '/mixed/open', true],
    ['POST', '/hooks/a', true],
    ['GET', '/hooks/a', true],
    ['POST', '/hooks/', false],
    ['POST', '/hooks/a/b', false],
    ['GET', '/undeclared', false],
    ['GET', '/nothing', false],
  ])('%s %s: %j', (method, path, expected) => expect(isOpen(routes, method, path)).toBe(expected))

  function hiddenHooks(access: Parameters<typeof hiddenRoute>[0]) {
    return { detail: hiddenRoute(access) }
  }
})
