import { afterAll, describe, expect, test } from 'bun:test'
import { behindGate } from '../../core/http/gate.ts'
import { type Logged, openLogged } from '../support/api.ts'

const logged: Logged[] = []
const log = openLogged(logged)
const publicUrl = 'https://sms.example.org/campaigns/'

type Given = Readonly<Record<string, string>>
type Kind = { keyless?: boolean; publicUrl?: string }

async function statusOf(given: Given, { method = 'POST', ...kind }: Kind & { method?: string } = {}) {
  const gate = { log, keyless: true, publicSetting: 'CONSOLE_URL', ...kind }
  const url = `http://${given.host ?? 'localhost:8080'}/campaigns/1/pause`
  const request = new Request('http://localhost:8080/campaigns/1/pause', { method })
  const headers = new Headers({ host: 'localhost:8080', ...given })
  Object.defineProperty(request, 'headers', { value: headers })
  Object.defineProperty(request, 'url', { value: url })
  return (await behindGate(() => new Response('in'), gate)(request)).status
}

const foreignHosts = [
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.nip.io',
  '192.168.0.7',
  '[::2]:8080',
  '0.0.0.0',
  'localhost.',
]

describe('the host', () => {
  test.each(['localhost', 'localhost:3001', 'LOCALHOST:8080', '127.0.0.1:3001', '127.1.2.3', '[::1]:3001', '127.1'])(
    '%s is this machine',
    async (host) => expect(await statusOf({ host })).toBe(200),
  )
  test.each(foreignHosts)('%s is refused without keys, and let in with them', async (host) => {
    expect(await statusOf({ host })).toBe(403)
    expect(await statusOf({ host }, { method: 'GET' })).toBe(403)
    expect(await statusOf({ host }, { keyless: false })).toBe(200)
  })
  test('of the public address is let in', async () => {
    expect(await statusOf({ host: 'sms.example.org' }, { publicUrl })).toBe(200)
    expect(await statusOf({ host: 'sms.example.org' })).toBe(403)
    expect(await statusOf({ host: 'example.org' }, { publicUrl })).toBe(403)
  })
  test.each([
    'localhost:99999',
    'a b',
    '',
    '[::1',
    'x@y',
    'a/b',
    'a?b',
    'a#b',
    'é',
    'localhost, evil',
    'a%00b',
    'a\\b',
  ])('%j is none: 400, with keys and without', async (host) => {
    expect(await statusOf({ host })).toBe(400)
    expect(await statusOf({ host }, { keyless: false })).toBe(400)
  })
})

const own: Given[] = [
  {},
  { origin: 'http://localhost:8080' },
  { origin: 'https://localhost:8080' },
  { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' },
  // A reverse proxy names itself in Host; the browser knows better.
  { 'sec-fetch-site': 'same-origin', origin: 'https://sms.example.org' },
]
const foreign: Given[] = [
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { origin: '' },
  { origin: 'http://localhost:3000' },
  { origin: 'http://localhost' },
  { origin: 'http://localhost:8080.evil.example' },
  { origin: 'https://sms.example.org' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'unheard-of' },
  { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
]
const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

describe('the origin', () => {
  test.each(own)('%j is our own', async (given) => {
    expect(await statusOf(given)).toBe(200)
    expect(await statusOf(given, { method: 'GET' })).toBe(200)
  })
  test.each(foreign)('%j is foreign, with keys and without', async (given) => {
    expect(await statusOf(given)).toBe(403)
    expect(await statusOf(given, { method: 'GET' })).toBe(403)
    expect(await statusOf(given, { keyless: false })).toBe(403)
  })
  test('of the public address is our own', async () => {
    expect(await statusOf({ origin: 'https://sms.example.org' }, { publicUrl })).toBe(200)
    expect(await statusOf({ origin: 'https://sms.example.org:8443' }, { publicUrl })).toBe(403)
  })
  test('a link from elsewhere may be followed, a form may not be sent, and no frame be filled', async () => {
    expect(await statusOf(link, { method: 'GET' })).toBe(200)
    expect(await statusOf(link, { method: 'HEAD' })).toBe(200)
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])
      expect(await statusOf(link, { method })).toBe(403)
    for (const dest of ['iframe', 'frame', 'object', 'embed', 'image'])
      expect(await statusOf({ ...link, 'sec-fetch-dest': dest }, { method: 'GET' })).toBe(403)
  })
})

test('what is thrown behind it is answered in the form of errors, and logged', async () => {
  logged.length = 0
  const fail = behindGate(() => Promise.reject(new Error('/secret/path.ts')), { log, keyless: true })
  const answer = await fail(new Request('http://localhost/x', { headers: { host: 'localhost' } }))
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([500, 'no-store'])
  const { error } = await answer.json()
  expect([error.code, error.message]).toEqual([
    'INTERNAL_ERROR',
    expect.stringContaining(answer.headers.get('x-request-id') ?? '-'),
  ])
  expect(logged).toEqual([{ level: 'error', line: expect.objectContaining({ err: expect.any(Error), path: '/x' }) }])
})

afterAll(() => expect(logged.every(({ level }) => level === 'warn' || level === 'error')).toBe(true))
