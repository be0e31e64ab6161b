/** Bodies that arrive slowly, over a socket: they are read for as long as they keep coming, and refused when they stall. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { systemClock } from '../../core/clock.ts'
import { STALL_SECONDS } from '../../core/http/arriving.ts'
import { type Listening, listen } from '../../core/http/listen.ts'
import { openApi, openLogged } from '../support/api.ts'
import { freshDatabase, type TestDatabase } from '../support/databases.ts'

/** Bun looks for idle connections every four seconds: later than that, one that it wants to cut is cut. */
const IDLE_SECONDS = 1
const STEADY_MS = 9000
const EVERY_MS = 300
const STALL_MS = 4000
const LONG = 60_000

/** A stall takes less time than it says; all else takes as long as it does. */
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms === STALL_SECONDS * 1000 ? STALL_MS : ms, signal),
}

let database: TestDatabase
let server: Listening
beforeAll(async () => {
  database = await freshDatabase('pglite')
  const api = openApi(database.db, clock)
  const place = { host: '127.0.0.1', port: 0, setting: 'PORT' }
  server = listen(place, (request) => api.app.handle(request), {
    clock,
    log: openLogged([]),
    idleSeconds: IDLE_SECONDS,
  })
}, LONG)
afterAll(async () => {
  await server.stop(1)
  await database.close()
}, LONG)

interface Upload {
  readonly path: string
  readonly type: string
  readonly text: string
  readonly chunked?: boolean
  /** Bytes after which nothing more comes. */
  readonly stallAt?: number
}

/** Sends the body in parts of equal size over `STEADY_MS`. @returns all that was answered until the connection closed */
function upload({ path, type, text, chunked = false, stallAt = Infinity }: Upload): Promise<string> {
  const bytes = Buffer.from(text)
  const size = Math.ceil((bytes.length * EVERY_MS) / STEADY_MS)
  const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`
  const framed = (part: Buffer) =>
    chunked ? Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]) : part
  return new Promise((resolve, reject) => {
    let [answer, at] = ['', 0]
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    // A stalled body is refused with the connection, which nothing here asks for.
    const close = stallAt < bytes.length ? [] : ['Connection: close']
    socket.write(
      [`POST ${path} HTTP/1.1`, 'Host: localhost', `Content-Type: ${type}`, length, ...close, '', ''].join('\r\n'),
    )
    const timer = setInterval(() => {
      if (at >= Math.min(stallAt, bytes.length)) return
      socket.write(framed(bytes.subarray(at, at + size)))
      at += size
      if (at >= bytes.length && chunked) socket.write('0\r\n\r\n')
    }, EVERY_MS)
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearInterval(timer)
      resolve(answer)
    })
  })
}

const rows = Array.from({ length: 100 }, (_, nth) => `07120000${String(nth).padStart(2, '0')}`)
const bodies: Upload[] = [
  { path: '/customers/import', type: 'text/csv', text: ['phone', ...rows].join('\n') },
  {
    path: '/customers/import',
    type: 'application/x-ndjson',
    text: rows.map((phone) => JSON.stringify({ phone })).join('\n'),
  },
  {
    path: '/campaigns',
    type: 'application/json',
    text: JSON.stringify({ name: 'Slow', channel: 'sms', base_template: `Hi ${'a'.repeat(200)}` }),
  },
]
const cases = bodies.flatMap((body) => [body, { ...body, chunked: true }])
const nameOf = ({ path, type, chunked }: Upload) => `${path} ${type} ${chunked ? 'chunked' : 'of a known length'}`

test(
  'a body that keeps coming is read to its end, however slow',
  async () => {
    const answers = await Promise.all(cases.map(async (one) => [nameOf(one), (await upload(one)).slice(0, 12)]))
    expect(answers).toEqual(
      cases.map((one) => [nameOf(one), one.path === '/campaigns' ? 'HTTP/1.1 201' : 'HTTP/1.1 200']),
    )
  },
  LONG,
)

test(
  'a body that stalls is answered in the error form before the connection is closed',
  async () => {
    const answers = await Promise.all(cases.flatMap((one) => [0, 40].map((stallAt) => upload({ ...one, stallAt }))))
    for (const answer of answers) {
      expect(answer).toStartWith('HTTP/1.1 408 ')
      expect(answer).toContain(
        '{"error":{"code":"REQUEST_TIMEOUT","message":"No part of the body arrived for 120 seconds: send the request again"}}',
      )
      expect(answer.toLowerCase()).toContain('connection: close')
    }
  },
  LONG,
)
