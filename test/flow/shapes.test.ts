/**
 * Hostile shapes of bodies, lines, queries and headers, on the program as `npm start` starts it: refused in the error form,
 * soon, and without taking memory for it. Routes are read from the OpenAPI document, so that later ones are held to it.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Answer } from '../support/api.ts'
import { type Operation, readOperations } from '../support/openapi.ts'
import { releaseServers, type ServerProcess, startServer } from '../support/server-process.ts'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'
import { shapes } from '../support/shapes.ts'

const LONG = 240_000
/** A request of a megabyte takes some 20 ms; machines that test are busy. Without the bounds each of many took seconds. */
const MOST_MS = 3000
/** Above what the process held before: some copies of a megabyte, and what is not yet collected. Without the bounds 3 GB. */
const MOST_MB = 500

let server: ServerProcess
let operations: Operation[]

beforeAll(async () => {
  server = await startServer({ DATA_DIR: await freshFolder(), SAMPLE_DATA: 'off', LOG_LEVEL: 'error' })
  operations = (await readOperations({ call: (method, path) => call(method, path) })).filter(({ method }) =>
    ['POST', 'PUT', 'PATCH'].includes(method),
  )
}, LONG)
afterAll(async () => {
  await releaseServers()
  await releaseFolders()
}, LONG)

async function call(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(server.url + path, { method, ...init })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** Most memory that the process has held so far, in MB; undefined where the system does not tell. */
function peak(): number | undefined {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return undefined
  }
}

async function withinBounds(work: () => Promise<void>): Promise<void> {
  const before = peak()
  await work()
  const after = peak()
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(MOST_MB)
  expect(server.output()).not.toContain('"level":50')
}

async function refusedSoon(what: unknown, method: string, path: string, init: RequestInit): Promise<void> {
  const begun = performance.now()
  const { status, json, text } = await call(method, path, init)
  const ms = performance.now() - begun
  const refused = { what, status: status >= 400 && status < 500, code: typeof json?.error?.code }
  expect(refused).toEqual({ what, status: true, code: 'string' })
  expect([what, ms < MOST_MS, text.length < 20_000]).toEqual([what, true, true])
}

const at = ({ path }: Operation) => path.replace(/{\w+}/g, '1')

test(
  'bodies of every shape, to every route that takes one',
  async () => {
    expect(operations.length).toBeGreaterThan(8)
    await withinBounds(async () => {
      for (const operation of operations.filter(({ body }) => body)) {
        const [field = 'name'] = Object.keys(operation.body?.properties ?? {})
        for (const { name, json } of shapes(field))
          await refusedSoon([operation.name, name], operation.method, at(operation), {
            body: json,
            headers: { 'content-type': 'application/json' },
          })
      }
    })
  },
  LONG,
)

test(
  'lines of NDJSON of every shape',
  async () => {
    await withinBounds(async () => {
      for (const { name, json } of shapes('first_name')) {
        const begun = performance.now()
        const { status, json: answer } = await call('POST', '/customers/import', {
          body: `${json}\n`,
          headers: { 'content-type': 'application/x-ndjson' },
        })
        const sane = status === 200 ? answer.refused === 1 : status < 500 && typeof answer.error.code === 'string'
        expect([name, sane, performance.now() - begun < MOST_MS]).toEqual([name, true, true])
      }
    })
  },
  LONG,
)

test('a line nested deeper than 64 levels is named as such', async () => {
  const { json } = await call('POST', '/customers/import', {
    body: `{"phone":"+254712345678","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}\n`,
    headers: { 'content-type': 'application/x-ndjson' },
  })
  expect(json.refusals).toEqual([{ line: 1, path: '', message: 'The line is nested deeper than 64 levels' }])
})

test(
  'queries and headers of every shape',
  async () => {
    const queries = {
      'many names': Array.from({ length: 2000 }, (_, nth) => `k${nth}=1`).join('&'),
      'a long name': `${'k'.repeat(12_000)}=1`,
      'a long number': `page=${'9'.repeat(12_000)}`,
      'no number': 'page=1e999',
      'one name many times': 'page=1&'.repeat(1500),
      brackets: `page${'[a]'.repeat(3000)}=1`,
      __proto__: '__proto__[a]=1&__proto__=1',
      ampersands: `${'&'.repeat(12_000)}x=1`,
    }
    await withinBounds(async () => {
      for (const path of ['/campaigns', '/customers'])
        for (const [name, query] of Object.entries(queries))
          await refusedSoon([path, name], 'GET', `${path}?${query}`, {})
      const headers = Array.from({ length: 80 }, (_, nth): [string, string] => [`x-h${nth}`, 'v'.repeat(100)])
      for (const given of [headers, [['idempotency-key', 'k'.repeat(8000)]], [['content-type', 'a'.repeat(8000)]]])
        await refusedSoon('headers', 'POST', '/customers/import', { body: '[', headers: given as [string, string][] })
    })
  },
  LONG,
)
