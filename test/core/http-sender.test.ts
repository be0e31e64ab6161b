/** The http sender against real sockets: what it asks, and what it makes of each answer. */
import { afterEach, describe, expect, spyOn, test } from 'bun:test'
import { type Clock, systemClock } from '../../core/clock.ts'
import { MAX_ANSWER_BYTES } from '../../plugins/http/sender.ts'
import { httpProvider, message, releaseProviders, tcpProvider } from '../support/provider.ts'

afterEach(releaseProviders)

describe('the request', () => {
  test('is JSON with an idempotency key', async () => {
    const seen: unknown[] = []
    const { send } = httpProvider(async (request) => {
      const { method, headers } = request
      seen.push(method, new URL(request.url).pathname, headers.get('idempotency-key'), headers.get('content-type'))
      seen.push(await request.json())
      return Response.json({ id: 'SM1' })
    })
    expect(await send()).toEqual({ kind: 'accepted', id: 'SM1' })
    const { to, text } = message
    const body = { message_id: '42', campaign_id: 7, channel: 'whatsapp', to, text, attempt: 2 }
    expect(seen).toEqual(['POST', '/messages', 'msg:42', 'application/json', body])
  })

  test('is not sent again to where a redirect points', async () => {
    const paths: string[] = []
    const { send } = httpProvider((request) => {
      paths.push(new URL(request.url).pathname)
      return new Response(null, { status: 307, headers: { Location: '/elsewhere' } })
    })
    expect(await send()).toEqual({ kind: 'rejected', code: 'provider.refused', permanent: true })
    expect(paths).toEqual(['/messages'])
  })

  test('reuses its connection', async () => {
    let opened = 0
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"id":"a"}'
    const { send } = tcpProvider({ open: () => void opened++, data: (socket) => void socket.write(answer) })
    for (let i = 0; i < 5; i++) expect(await send()).toEqual({ kind: 'accepted', id: 'a' })
    expect(opened).toBe(1)
  })
})

describe('an answer', () => {
  const underKey = { kind: 'accepted', id: 'msg:42' } as const
  test.each([
    ['no body', () => new Response(null, { status: 204 })],
    ['a body that is not JSON', () => new Response('OK', { status: 202 })],
    ['an id that cannot be stored', () => Response.json({ id: 'a\0' })],
    ['a body too long to read', () => new Response(`{"id":"a","x":"${'x'.repeat(MAX_ANSWER_BYTES)}"}`)],
    ['a packed body', () => new Response(Bun.gzipSync('{"id":"a"}'), { headers: { 'Content-Encoding': 'gzip' } })],
  ])('of 2xx with %s is accepted under the idempotency key', async (_what, answer) => {
    expect(await httpProvider(answer).send()).toEqual(underKey)
  })

  test('that never ends is not read to its end', async () => {
    const stopped = Promise.withResolvers<void>()
    const endless = new ReadableStream<Uint8Array>({
      pull: (stream) => stream.enqueue(new Uint8Array(16 * 1024)),
      cancel: () => stopped.resolve(),
    })
    expect(await httpProvider(() => new Response(endless)).send()).toEqual(underKey)
    await stopped.promise
  })

  test.each([
    [429, { 'Retry-After': '3' }, { kind: 'throttled', retryAfterMs: 3_000 }],
    [429, { 'Retry-After': 'Thu, 01 Jan 2026 00:00:05 GMT' }, { kind: 'throttled', retryAfterMs: 5_000 }],
    [503, { 'Retry-After': '3' }, { kind: 'throttled', retryAfterMs: 3_000 }],
    [500, {}, { kind: 'rejected', code: 'provider.unavailable', permanent: false }],
    [400, {}, { kind: 'rejected', code: 'provider.rejected', permanent: true }],
    [408, {}, { kind: 'rejected', code: 'provider.rejected', permanent: false }],
  ] as const)('of %j %j is %j', async (status, headers, outcome) => {
    const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 1) }
    const { send } = httpProvider(() => Response.json({ id: 'ignored' }, { status, headers }), clock)
    expect(await send()).toEqual(outcome)
  })

  test('is reported by its status alone: once as a warning, then for debugging', async () => {
    const { send, lines } = httpProvider(() => new Response(`no such number +254712345678`, { status: 400 }))
    await send()
    await send()
    const line = { messageId: '42', attempt: 2, answer: '400' }
    expect(lines).toEqual([
      { level: 'warn', line },
      { level: 'debug', line },
    ])
  })
})

test('a call leaves no timer and no listener behind', async () => {
  const timers: AbortSignal[] = []
  const sleep: Clock['sleep'] = (ms, signal) => {
    if (signal) timers.push(signal)
    return systemClock.sleep(ms, signal)
  }
  const signal = new AbortController().signal
  const added = spyOn(signal, 'addEventListener')
  const removed = spyOn(signal, 'removeEventListener')
  const { send } = httpProvider(() => Response.json({ id: 'a' }), { ...systemClock, sleep })
  await send(signal)
  expect(timers.map((timer) => timer.aborted)).toEqual([true])
  expect(added).toHaveBeenCalled()
  expect(removed.mock.calls.map((call) => call.slice(0, 2))).toEqual(added.mock.calls.map((call) => call.slice(0, 2)))
})
