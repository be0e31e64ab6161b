import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Elysia, t } from 'elysia'
import { AppError, defineErrors } from '../../core/errors.ts'
import { MAX_BODY_BYTES } from '../../core/http/body.ts'
import { digits, id, moment, nullable, oneOf, text } from '../../core/http/fields.ts'
import { baseServer } from '../../core/http/server.ts'
import { type Logged, openLogged } from '../support/api.ts'
import { quickest } from '../support/quickest.ts'

const logged: Logged[] = []

const { TAKEN } = defineErrors({ TAKEN: { status: 409, message: 'taken' } })
const failing: Record<string, unknown> = {
  app: new AppError(TAKEN, 'taken'),
  plain: new Error('select secret from passwords'),
  thrown: 'a bare string: +254712345678',
  closed: Object.assign(new Error('write CONNECTION_CLOSED 10.0.0.1'), { code: 'CONNECTION_CLOSED' }),
  refused: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  starting: Object.assign(new Error('starting up'), { code: '57P03' }),
  lost: Object.assign(new Error('lost'), { code: '08006' }),
  full: Object.assign(new Error('too many'), { code: '53300' }),
  deadlock: Object.assign(new Error('deadlock'), { code: '40P01' }),
  wrapped: new Error('Cannot read', { cause: Object.assign(new Error('lost'), { code: '08006' }) }),
  bytes: Object.assign(new Error('invalid byte sequence'), { code: '22021' }),
  syntax: Object.assign(new Error('syntax error at or near "x"'), { code: '42601' }),
}

const routes = new Elysia()
  .post('/things/:id', ({ body, params, query }) => ({ body, params, query }), {
    parse: 'json',
    params: t.Object({ id: digits({ min: 1, max: 99 }) }),
    query: t.Object({ page: t.Optional(digits({ min: 1 })) }, { additionalProperties: false }),
    body: t.Object(
      {
        name: text({ min: 1, max: 5 }),
        note: t.Optional(nullable(text({ max: 5 }))),
        kind: t.Optional(oneOf(['a', 'b'])),
        at: t.Optional(moment()),
        ids: t.Optional(t.Array(id())),
      },
      { additionalProperties: false },
    ),
  })
  .get('/things/:id', ({ params }) => params)
  .get('/fail/:how', ({ params }) => {
    throw failing[params.how]
  })
const app = baseServer({ log: openLogged(logged) }).use(routes)

async function call(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = { method, headers: { ...json, ...headers }, ...(body === undefined ? {} : { body }) }
  const response = await app.handle(new Request(`http://localhost${path}`, init))
  const answer = await response.text()
  return { status: response.status, headers: response.headers, text: answer, json: answer ? JSON.parse(answer) : null }
}

describe('bodies', () => {
  const post = (body: BodyInit, headers?: Record<string, string>) => call('POST', '/things/1', body, headers)

  test.each([
    ['{"name":', 'not valid JSON'],
    ['', 'missing'],
    ['{"name":"a"} x', 'not valid JSON'],
    ['['.repeat(1_000_000), 'nested deeper than 64 levels'],
    [`${'[['.repeat(32)}${']]'.repeat(32)}`, 'must be a JSON object, not a list'],
    [`${'{"a":['.repeat(33)}`, 'nested deeper than 64 levels'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 'not valid UTF-8'],
    ['null', 'must be a JSON object, not null'],
    ['[]', 'must be a JSON object, not a list'],
    ['"text"', 'must be a JSON object, not text'],
    ['1', 'must be a JSON object, not a number'],
  ])('that are no JSON object are 400 (case %#)', async (body, message) => {
    const { status, json } = await post(body)
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST'])
    expect(json.error.message).toContain(message)
    expect(json.error.details).toEqual([{ path: '', message: json.error.message }])
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/jsonp',
  ])('declared as %s are 415', async (type) => {
    const { status, json } = await post('{"name":"a"}', { 'content-type': type })
    expect([status, json.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json'])(
    'declared as %s are read',
    async (type) => {
      expect((await post('{"name":"a"}', { 'content-type': type })).status).toBe(200)
    },
  )

  test('that are too large are 413, whatever length they claim', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(MAX_BODY_BYTES) })
    expect((await post(large)).json.error.code).toBe('PAYLOAD_TOO_LARGE')
    expect((await post(large, { 'content-length': '2' })).status).toBe(413)
    expect((await post('{}', { 'content-length': '99999999999' })).status).toBe(413)
  })

  test('keep to their own fields: __proto__ is an unknown one', async () => {
    const { status, json } = await post('{"name":"a","__proto__":{"note":"x"},"constructor":1}')
    expect(status).toBe(400)
    expect(json.error.details.map((at: { path: string }) => at.path)).toEqual(['__proto__', 'constructor'])
    expect(({} as { note?: string }).note).toBeUndefined()
  })

  test('name a field only so far, and list at most 20 problems', async () => {
    const fields = Array.from({ length: 5000 }, (_, i) => [`${'k'.repeat(500)}${i}`, 1])
    const { json, text } = await post(JSON.stringify(Object.fromEntries(fields)))
    expect(json.error.details.length).toBeLessThanOrEqual(20)
    expect(text.length).toBeLessThan(10_000)
  })

  test.each([
    [{ name: 'a\0b' }, 'name must not hold the NUL character (U+0000)'],
    [{ name: '\ud800' }, 'name must be well-formed Unicode: it holds half of a surrogate pair'],
    [{ name: 'abcdef' }, 'name must be at most 5 characters long'],
    [{ name: ' \n' }, 'name must not be empty'],
    [{ name: 5 }, 'name must be text, not a number'],
    [{ name: null }, 'name must be text, not null'],
    [{}, 'name is required'],
    [{ name: 'a', kind: 'c' }, 'kind must be one of "a", "b"'],
    [{ name: 'a', at: '2030-01-01' }, 'at must be a time with date and offset, such as "2030-01-31T09:00:00+03:00"'],
    [{ name: 'a', ids: [1, 2, '3'] }, 'ids[2] must be a whole number, not text'],
    [{ name: 'a', ids: [2 ** 31] }, 'ids[0] must be a whole number from 1 to 2147483647'],
    [{ name: 'a', ids: {} }, 'ids must be a list, not an object'],
    [{ name: 'a', nte: 'x' }, 'nte is not a known field: did you mean "note"?'],
  ])('%j say what is wrong', async (body, message) => {
    const { status, json } = await post(JSON.stringify(body))
    expect([status, json.error.message]).toEqual([400, message])
  })

  test('count characters as the database does', async () => {
    expect((await post(JSON.stringify({ name: '😀😀😀😀😀', note: null }))).status).toBe(200)
    expect((await post(JSON.stringify({ name: '😀😀😀😀😀😀' }))).status).toBe(400)
  })

  test('of 100,000 ids are checked in milliseconds', async () => {
    const body = JSON.stringify({ name: 'a', ids: Array.from({ length: 100_000 }, (_, i) => i + 1) })
    const run = async () => expect((await post(body)).status).toBe(200)
    expect(await quickest(500, run)).toBeLessThan(500)
  })
})

describe('addresses', () => {
  test.each(['/nothing', '/things', '/things/1/2', '//things/1', '/things//'])('%s is 404', async (path) => {
    const { status, json } = await call('GET', path)
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND'])
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'PROPFIND'])('%s where it is not allowed is 405 with Allow', async (method) => {
    const { status, json, headers } = await call(method, '/things/1')
    expect([status, json.error.code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
  })

  test('OPTIONS tells the methods, HEAD answers as GET without the body', async () => {
    const options = await call('OPTIONS', '/things/1')
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, HEAD, OPTIONS'])
    expect((await call('OPTIONS', '/nothing')).status).toBe(404)
    const head = await call('HEAD', '/things/1')
    expect([head.status, head.text]).toEqual([200, ''])
    expect(await call('HEAD', '/nothing')).toMatchObject({ status: 404, text: '' })
    expect(await call('HEAD', '/fail/plain')).toMatchObject({ status: 500, text: '' })
  })

  test.each(['/things/%zz', '/things/%ff', '/things/1?page=%zz', '/things/1?page=1&page=2', '/things/%00'])(
    '%s is 400',
    async (path) => {
      expect((await call('POST', path, '{"name":"a"}')).json.error.code).toBe('INVALID_REQUEST')
    },
  )

  test.each([
    ['/things/0', 'path.id must be a whole number from 1 to 99'],
    ['/things/1?page=abc', 'query.page must be a whole number of at least 1'],
    ['/things/1?page=', 'query.page must be a whole number of at least 1'],
    ['/things/1?pag=1', 'query.pag is not a known parameter: did you mean "page"?'],
    ['/things/1?__proto__=1', 'query.__proto__ is not a known parameter: use one of page'],
  ])('%s is 400 and says what is wrong', async (path, message) => {
    expect((await call('POST', path, '{"name":"a"}')).json.error.message).toBe(message)
  })
})

describe('errors', () => {
  test.each([
    ['app', 409, 'TAKEN'],
    ['plain', 500, 'INTERNAL_ERROR'],
    ['thrown', 500, 'INTERNAL_ERROR'],
    ['syntax', 500, 'INTERNAL_ERROR'],
    ['closed', 503, 'DATABASE_UNAVAILABLE'],
    ['refused', 503, 'DATABASE_UNAVAILABLE'],
    ['starting', 503, 'DATABASE_STARTING'],
    ['lost', 503, 'DATABASE_UNAVAILABLE'],
    ['full', 503, 'DATABASE_TOO_MANY_CONNECTIONS'],
    ['deadlock', 503, 'DATABASE_UNAVAILABLE'],
    ['wrapped', 503, 'DATABASE_UNAVAILABLE'],
    ['bytes', 400, 'INVALID_REQUEST'],
  ])('%s is answered with %d %s, and nothing of what lies behind', async (how, status, code) => {
    const answer = await call('GET', `/fail/${how}`)
    expect([answer.status, answer.json.error.code]).toEqual([status, code])
    expect(answer.text).not.toMatch(/ {4}at |secret|10\.0\.0\.1|byte sequence|syntax|\+254/)
  })

  test('an unforeseen one is logged in full, with the id that was answered', async () => {
    logged.length = 0
    const { headers, json } = await call('GET', '/fail/plain')
    const request_id = headers.get('x-request-id')
    expect(json.error.message).toContain(request_id)
    const errors = logged.filter(({ level }) => level === 'error')
    expect(errors).toEqual([{ level: 'error', line: { err: failing.plain, request_id } }])
  })

  test('every answer carries a request id: the caller’s own where it is a plain word', async () => {
    expect((await call('GET', '/nothing', undefined, { 'x-request-id': 'abc-1' })).headers.get('x-request-id')).toBe(
      'abc-1',
    )
    for (const given of ['a b"c', 'x:y', '', 'x'.repeat(65)]) {
      const { headers } = await call('GET', '/things/1', undefined, { 'x-request-id': given })
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
    const longest = { 'x-request-id': 'Az09._-'.padEnd(64, 'x') }
    expect((await call('GET', '/things/1', undefined, longest)).headers.get('x-request-id')).toHaveLength(64)
  })
})

describe('on a socket', () => {
  beforeAll(() => void app.listen({ port: 0, hostname: '127.0.0.1' }))
  afterAll(() => app.stop(true))

  /** Sends the bytes as they are and reads the answer until the other side closes, or a second passes. */
  function raw(...parts: string[]): Promise<string> {
    return new Promise((resolve) => {
      let answer = ''
      const socket = connect(app.server?.port ?? 0, '127.0.0.1', () => {
        for (const part of parts) socket.write(part)
      })
      const timer = setTimeout(() => socket.destroy(), 1000)
      socket.on('data', (data) => {
        answer += data
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        clearTimeout(timer)
        resolve(answer)
      })
    })
  }
  const head = (start: string, ...lines: string[]) =>
    [`${start} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n')

  test('a chunked body without a length is read, and is 413 past the bound', async () => {
    const start = head('POST /things/1', 'Content-Type: application/json', 'Transfer-Encoding: chunked')
    expect(await raw(start, 'c\r\n{"name":"a"}\r\n', '0\r\n\r\n')).toContain('{"body":{"name":"a"}')
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const answer = await raw(start, ...Array.from({ length: 80 }, () => piece), '0\r\n\r\n')
    expect(answer).toStartWith('HTTP/1.1 413')
    expect(answer).toContain('"code":"PAYLOAD_TOO_LARGE"')
  })

  test('a length beyond the bound is 413 before anything is read', async () => {
    const answer = await raw(head('POST /things/1', 'Content-Type: application/json', 'Content-Length: 5000000'))
    expect(answer).toStartWith('HTTP/1.1 413')
    expect(answer).toContain('"code":"PAYLOAD_TOO_LARGE"')
  })

  test('a body that breaks off leaves the server in order', async () => {
    await raw(head('POST /things/1', 'Content-Type: application/json', 'Content-Length: 50'), '{"name"')
    const response = await fetch(`http://127.0.0.1:${app.server?.port}/things/1`)
    expect(response.status).toBe(200)
  })

  test.each([
    ['GET /things/%zz', '400', 'INVALID_REQUEST'],
    ['GET /nothing', '404', 'NOT_FOUND'],
    ['DELETE /things/1', '405', 'METHOD_NOT_ALLOWED'],
    ['GET /fail/plain', '500', 'INTERNAL_ERROR'],
  ])('%s answers as without one', async (start, status, code) => {
    const answer = await raw(head(start))
    expect(answer).toStartWith(`HTTP/1.1 ${status}`)
    expect(answer).toContain(`"code":"${code}"`)
  })

  test('HEAD and OPTIONS', async () => {
    expect(await raw(head('HEAD /things/1'))).toMatch(/^HTTP\/1.1 200[^{]*\r\n\r\n$/)
    expect(await raw(head('OPTIONS /things/1'))).toMatch(/^HTTP\/1.1 204(.|\r|\n)*allow: POST, GET, HEAD, OPTIONS/i)
  })
})
