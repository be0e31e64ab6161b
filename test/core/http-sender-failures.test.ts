/** The http sender against real sockets: what it makes of each way to fail. Nothing sent may be called rejected. */
import { afterEach, describe, expect, test } from 'bun:test'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { SenderCode } from '../../core/messaging/senders/codes.ts'
import {
  type Behaviour,
  releaseProviders,
  senderTo,
  senderToNobody,
  tcpProvider,
  untrustedProvider,
  type Wire,
} from '../support/provider.ts'

afterEach(releaseProviders)

const unknown = (code: SenderCode) => ({ kind: 'unknown', code }) as const
const unreachable = { kind: 'rejected', code: 'provider.unreachable', permanent: false } as const

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"id":"a"}'
const half = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":'

describe('a request that cannot have left is rejected for now', () => {
  test('refused connection', async () => expect(await senderToNobody().send()).toEqual(unreachable))

  test('unknown host', async () => expect(await senderTo('http://nowhere.invalid/').send()).toEqual(unreachable))

  test('untrusted certificate', async () => {
    let requests = 0
    const { send } = untrustedProvider(() => {
      requests++
      return Response.json({ id: 'a' })
    })
    expect(await send()).toEqual(unreachable)
    expect(requests).toBe(0)
  })
})

describe('a request that may have left is unknown', () => {
  const failures: [string, Behaviour][] = [
    ['closed on arrival', { open: (socket) => void socket.end() }],
    ['reset on arrival', { open: (socket) => void socket.terminate() }],
    ['closed after the request', { data: (socket) => void socket.end() }],
    ['reset after the request', { data: (socket) => void socket.terminate() }],
    ['closed within the head of the answer', { data: (socket) => void socket.end('HTTP/1.1 20') }],
    ['closed within the body of the answer', { data: (socket) => void socket.end(half) }],
    ['reset within the body of the answer', { data: writeThenReset }],
    ['not HTTP', { data: (socket) => void socket.write('garbage garbage\r\n\r\n') }],
  ]
  test.each(failures)('%s', async (_what, on) =>
    expect(await tcpProvider(on).send()).toEqual(unknown('connection.lost')),
  )

  test('a connection kept alive, and reset at the second request, which is not silently repeated', async () => {
    let requests = 0
    const data = (socket: Wire) => void (requests++ === 0 ? socket.write(whole) : socket.terminate())
    const { send } = tcpProvider({ data })
    expect(await send()).toEqual({ kind: 'accepted', id: 'a' })
    expect(await send()).toEqual(unknown('connection.lost'))
    expect(requests).toBe(2)
  })

  test.each([
    ['no answer', ''],
    ['no end of the answer', half],
  ])('%s within the time', async (_what, answer) => {
    const { clock, slept, timeUp } = handClock()
    const data = (socket: Wire) => {
      socket.write(answer)
      timeUp()
    }
    expect(await tcpProvider({ data }, clock).send()).toEqual(unknown('timeout'))
    expect(slept).toEqual([30_000])
  })

  test('aborted by the caller, during the call or before it', async () => {
    const stop = new AbortController()
    let requests = 0
    const data = () => {
      requests++
      stop.abort()
    }
    const { send } = tcpProvider({ data })
    expect(await send(stop.signal)).toEqual(unknown('timeout'))
    expect(await send(stop.signal)).toEqual(unknown('timeout'))
    expect(requests).toBe(1)
  })
})

function writeThenReset(socket: Wire): void {
  socket.write(half)
  socket.terminate()
}

/** A clock whose sleeps end when `timeUp` is called. */
function handClock() {
  const { promise, resolve: timeUp } = Promise.withResolvers<void>()
  const slept: number[] = []
  const sleep: Clock['sleep'] = (ms) => {
    slept.push(ms)
    return promise
  }
  return { clock: { ...systemClock, sleep }, slept, timeUp }
}
