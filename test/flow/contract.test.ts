/** Contract of the API, tested on a real process in each set-up: status, form and headers of every answer. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { expectInvariant } from '../support/invariant.ts'
import { type Ledger, releaseLedgers, startLedger } from '../support/ledger-process.ts'
import { liveStats, startOf, unsettled } from '../support/live-stats.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { freshVhost, rabbitmqAvailable } from '../support/rabbitmq.ts'
import { releaseServers, type ServerProcess, type ServerSettings, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import { expectConsistent, type Watched } from '../support/server-process-watch.ts'

const [WINDOW, LATENCY_MS] = [8, 5000]
const noReceipts = { delivered: 0, undelivered: 0, read: 0 }
const none = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...noReceipts }
const utc = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const people = makePeople(120, 21).map((one) => ({ ...one, first_name: one.first_name ?? 'Asha' }))
const absent = { prefered_product: null, language: null, time_zone: null, tags: [], attributes: {}, suppressed: [] }
const noDetails = { ...absent, consent: { sms: 'none', whatsapp: 'none' } }
const draft = { name: 'Contract', channel: 'sms', base_template: 'Hi {first_name|there}' }
/** One try, so that each of the provider's answers is an outcome. */
const worker = { WORKER_WINDOW: String(WINDOW), WORKER_MAX_ATTEMPTS: '1', LOG_LEVEL: 'warn', SAMPLE_DATA: 'off' }

/** Fields that answers may have. Each test compares those that the API promises. */
interface Json extends Watched {
  readonly customer: { readonly id: number } | null
  readonly data: readonly Json[]
  readonly pagination: { readonly total_count: number }
  readonly next_cursor: string | null
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown }
}

/** @param request as `GET /health`; a body that is no text is sent as JSON */
async function ask(url: string, request: string, body?: unknown, more: Record<string, string> = {}) {
  const [method = '', path = ''] = request.split(' ')
  const headers = { 'content-type': 'application/json', 'x-request-id': crypto.randomUUID(), ...more }
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const response = await fetch(url + path, { method, headers, ...sent })
  const text = await response.text()
  expect(response.headers.get('x-request-id')).toBe(headers['x-request-id'])
  if (text) expect(response.headers.get('content-type')).toMatch(/^application\/json\b/)
  return { status: response.status, headers: response.headers, json: (text ? JSON.parse(text) : undefined) as Json }
}

/** Holds the answer against the one form of errors. @returns as `400 INVALID_REQUEST phone`, with the details' paths */
function refusal({ status, json }: Awaited<ReturnType<typeof ask>>): string {
  const { code, message, details = [], ...rest } = json.error
  expect([Object.keys(json), message, rest]).toEqual([['error'], expect.stringMatching(/\S/), {}])
  const paths = Array.isArray(details) ? details.map(({ path }: { path: string }) => path || 'body') : []
  return [status, code, ...paths].join(' ')
}

async function onPostgres(more: ServerSettings = {}) {
  const { url, drop } = await cloneDatabase()
  const { db, close } = openPostgres(url, 2)
  const ids = await insertPeople(db, people)
  const settings = { DATABASE_URL: url, ...more }
  return { ids, settings, judge: () => expectInvariant(db), close: () => close().then(drop) }
}
async function onFolder() {
  const folder = await freshFolder()
  const ids = await inFolder(folder, (db) => insertPeople(db, people))
  return { ids, settings: { DATA_DIR: folder }, judge: () => inFolder(folder, expectInvariant), close: releaseFolders }
}
const broker = { name: 'rabbitmq', messages: expect.any(Number), consumers: 1, dead_letters: 0 }
const closed = { audience_open: false } as const
const idle = { receipts: false, queueing: false, deferred: 0, deferred_until: null } as const
const onBoth = async () => onPostgres({ RABBITMQ_URL: await freshVhost() })
const setups = [
  { where: 'the embedded database', skip: false, broker: null, open: onFolder },
  { where: 'PostgreSQL alone', skip: !postgresAvailable, broker: null, open: onPostgres },
  { where: 'PostgreSQL and RabbitMQ', skip: !postgresAvailable || !rabbitmqAvailable, broker, open: onBoth },
]

for (const { where, skip, broker, open } of setups)
  describe.skipIf(skip)(`the API on ${where}`, () => {
    let opened: Awaited<ReturnType<typeof onFolder | typeof onPostgres>>
    let ledger: Ledger
    let server: ServerProcess
    beforeAll(async () => {
      opened = await open()
      ledger = await startLedger()
      const sender = { SMS_SENDER: 'http', WHATSAPP_SENDER: 'http', HTTP_SENDER_URL: ledger.url, SMS_IDEMPOTENT: 'on' }
      server = await startServer({ ...worker, ...sender, ...opened.settings })
    }, 120_000)
    afterAll(() => releaseServers().then(releaseLedgers).then(opened?.close), 120_000)
    const call = (...sent: [string, body?: unknown, more?: Record<string, string>]) => ask(server.url, ...sent)
    const get = async (path: string) => (await call(`GET ${path}`)).json
    const refuses = async (request: string, why: string, body?: unknown, headers?: Record<string, string>) =>
      expect([request, refusal(await call(request, body, headers))]).toEqual([request, why])
    async function refusesChange(at: string, why: string, change: object = { name: 'No' }) {
      for (const method of ['PATCH', 'DELETE']) await refuses(`${method} ${at}`, why, change)
    }
    /** @param expected the whole body of the answer */
    async function answers(request: string, body: unknown, expected: unknown, status = 200): Promise<Json> {
      const answer = await call(request, body)
      expect([request, answer.status, answer.json as unknown]).toEqual([request, status, expected])
      return answer.json
    }
    const made = (path: '/campaigns' | '/customers', body: object) =>
      answers(`POST ${path}`, body, expect.objectContaining({ id: expect.any(Number), created_at: utc }), 201)
    const campaign = (changes: object = {}) => made('/campaigns', { ...draft, ...changes })
    const queues = ({ id }: Json, customer_ids: readonly number[], messages_queued: number, status = 'sending') =>
      answers(`POST /campaigns/${id}/send`, { customer_ids }, { ...closed, campaign_id: id, messages_queued, status })
    /** Every recipient, page by page. */
    async function walk(at: string, limit: number, filter = '', cursor = ''): Promise<readonly Json[]> {
      const { data, next_cursor } = await get(`${at}/messages?limit=${limit}${filter}${cursor}`)
      if (next_cursor === null) return data
      expect(data).toHaveLength(limit)
      return [...data, ...(await walk(at, limit, filter, `&cursor=${next_cursor}`))]
    }

    test('recipients of every status are listed page by page and counted by /stats while a campaign is sent', async () => {
      const under = await campaign({ base_template: '{first_name}' })
      const [id, at] = [under.id, `/campaigns/${under.id}`]
      const blank = await made('/customers', { phone: '0722 000 100', first_name: '  ' })
      const slow = opened.ids.slice(0, 2 * WINDOW)
      const mixed = [...opened.ids.slice(2 * WINDOW, 60), blank.id]
      const { requests: had } = await ledger.count()
      await ledger.behave({ latencyMs: LATENCY_MS })
      await queues(under, slow, slow.length)
      // A granted window may not have arrived yet, and would meet the next behaviour of the provider.
      await until('it has arrived', async () => (await ledger.count()).requests === had + WINDOW)
      await ledger.behave({ latencyMs: 0, errors: 0.3, cut: 0.3 })
      await queues(under, [...slow, ...mixed], mixed.length)
      await until('the others have a result', async () => unsettled(await get(at)) === slow.length)
      await ledger.behave({ errors: 0, cut: 0 })
      await refusesChange(at, '409 CAMPAIGN_STATUS_CONFLICT')
      const { stats, status } = await get(at)
      const { total: _t, delivered: _d, undelivered: _u, read: _r, ...parts } = stats
      expect(Math.min(...Object.values(parts))).toBeGreaterThan(0)
      const all = await walk(at, 7)
      expect(all.map(({ customer }) => customer?.id)).toEqual([...slow, ...mixed].sort((a, b) => a - b))
      for (const [name, count] of Object.entries(parts)) {
        const some = await walk(at, 3, `&status=${name}`)
        expect([name, some.length, some]).toEqual([name, count, all.filter((row) => row.status === name)])
      }
      const queue = expect.objectContaining({ leased_chunks: 1, waiting_messages: slow.length, broker })
      const workers = [expect.objectContaining({ pid: server.pid, started_at: utc, seen_at: utc })]
      await answers('GET /stats', undefined, { queue, workers, ...liveStats(id, stats) })
      const failures = expect.arrayContaining([{ status: 'failed', code: 'provider.unavailable', count: stats.failed }])
      await answers(`GET ${at}/failures`, undefined, { campaign_id: id, status, failures })
      // The first window must still be in flight, or the checks above saw nothing.
      expect(await get(at)).toMatchObject({ status: 'sending', stats })
      await answers(`POST ${at}/pause`, undefined, { campaign_id: id, status: 'paused' })
      await answers(`POST ${at}/resume`, undefined, { campaign_id: id, status: 'sending' })
      await refuses(`GET ${at}/messages?cursor=x`, '400 INVALID_REQUEST query.cursor')
      await refuses(`GET ${at}/messages?status=lost&limit=0`, '400 INVALID_REQUEST query.status query.limit')
    })

    test('a text is sent as previewed, and a recipient outlives the customer', async () => {
      const base_template = 'Hi {first_name|there} {last_name}, {preferred_product|our news} in {location|town} {1}'
      const named = { phone: '+254722000101', first_name: '{phone}', last_name: 'Ünal 🎉' }
      const { id } = await made('/customers', { ...named, location: ' ' })
      const texts = await campaign({ base_template, channel: 'whatsapp' })
      const [at, preview] = [`/campaigns/${texts.id}`, `POST /campaigns/${texts.id}/personalized-preview`]
      const text = 'Hi {phone} Ünal 🎉, our news in town {1}'
      const customer = { id, ...named, location: ' ', prefered_product: null, language: null, attributes: {} }
      const own = { rendered_message: text, used_text: 'base_template' }
      const rendered = { ...own, used_template: base_template, language: 'en', template: null, customer }
      await answers(preview, { customer_id: id }, rendered)
      const other = { rendered_message: 'here {x_y}', used_template: '{location|here} {x_y}' }
      const warned = { ...other, used_text: 'override_template', warnings: [expect.stringContaining('{x_y}')] }
      await answers(preview, { customer_id: id, override_template: other.used_template }, { ...rendered, ...warned })
      await answers(`GET ${at}`, undefined, { ...texts, stats: none, waiting: null, ...idle })
      await refuses(preview, '404 CUSTOMER_NOT_FOUND', { customer_id: 999_999 })
      const done = { ...own, outcome: 'accepted', provider_message_id: expect.any(String), error: null }
      await answers(`POST ${at}/test`, { customer_id: id, to: '0722000199' }, { to: '+254722000199', ...done })
      await refuses('POST /campaigns/999999/personalized-preview', '404 CAMPAIGN_NOT_FOUND', { customer_id: id })
      await queues(texts, [id, id], 1)
      await until('it is sent', async () => (await get(at)).status === 'sent')
      const delivered = (await ledger.accepts()).filter(({ to }) => to === named.phone)
      expect(delivered).toEqual([expect.objectContaining({ text })])
      const outcome = { status: 'sent', attempts: 1, last_error: null, provider_message_id: delivered[0]?.id }
      const rest = { history: [], delivery: null, delivery_code: null, created_at: utc, updated_at: utc }
      const row = { ...outcome, rendered_content: text, ...rest }
      const page = (recipient: object | null) => ({ data: [{ customer: recipient, ...row }], next_cursor: null })
      await answers(`GET ${at}/messages`, undefined, page({ id, ...named }))
      await answers(`DELETE /customers/${id}`, undefined, undefined, 204)
      await answers(`GET ${at}/messages`, undefined, page(null))
      await refuses(`POST ${at}/send`, '400 INVALID_CAMPAIGN_STATUS', { customer_ids: opened.ids.slice(0, 1) })
      await refusesChange(at, '409 CAMPAIGN_STATUS_CONFLICT')
    })

    test('customers are written, listed newest first, changed and removed', async () => {
      const before = await get('/customers')
      const first = await made('/customers', { phone: '0722 000 102', first_name: 'Jane' })
      const rest = { last_name: null, location: null, ...noDetails, created_at: utc, updated_at: utc }
      const at = `/customers/${first.id}`
      await answers(`GET ${at}`, undefined, { id: first.id, first_name: 'Jane', phone: '+254722000102', ...rest })
      const second = await made('/customers', { phone: '+44 20 7946 0018', prefered_product: 'Lamp' })
      expect(second).toMatchObject({ phone: '+442079460018', prefered_product: 'Lamp' })
      const { data, pagination } = await get('/customers?page_size=1000')
      expect([before.data.length, data.length, data[0], data[1]]).toEqual([20, 100, second, first])
      const total_count = before.pagination.total_count + 2
      expect(pagination).toEqual({ page: 1, page_size: 100, total_count, total_pages: 2 } as never)
      await refuses('GET /customers?page=0&page_size=x', '400 INVALID_REQUEST query.page query.page_size')
      await refuses('POST /customers', '409 CUSTOMER_EXISTS', { phone: '+254 722 000102' })
      await refuses('POST /customers', '400 INVALID_REQUEST phone', { phone: '12' })
      await refuses('POST /customers', '400 INVALID_REQUEST phone fist_name', { fist_name: 'Jane' })
      const changes = { first_name: null, location: 'Nyeri', phone: '0722000103' }
      const changed = { id: first.id, ...rest, ...changes, phone: '+254722000103' }
      await answers(`GET ${at}`, undefined, await answers(`PATCH ${at}`, changes, changed))
      await refuses(`PATCH ${at}`, '409 CUSTOMER_EXISTS', { phone: '+442079460018' })
      await refuses(`PATCH ${at}`, '400 INVALID_REQUEST body', {})
      await answers(`DELETE ${at}`, undefined, undefined, 204)
      await refusesChange(at, '404 CUSTOMER_NOT_FOUND', { location: 'Nyeri' })
      await refuses(`GET ${at}`, '404 CUSTOMER_NOT_FOUND')
      for (const id of ['x', '0', '2147483648']) await refuses(`GET /customers/${id}`, '400 INVALID_REQUEST path.id')
    })

    test('campaigns are written, listed, scheduled, changed and removed', async () => {
      const plain = await campaign({ base_template: 'Hi {frist_name}' })
      const warnings = [expect.stringContaining('did you mean "{first_name}"?')]
      expect(plain).toMatchObject({ ...draft, base_template: 'Hi {frist_name}', status: 'draft', warnings })
      const timed = await campaign({ channel: 'whatsapp', scheduled_at: '2099-01-01T00:00:00+03:00' })
      expect(timed).toMatchObject({ status: 'scheduled', scheduled_at: '2098-12-31T21:00:00.000Z' })
      const { data, pagination } = await get('/campaigns?page_size=2')
      expect(data).toEqual([timed, plain].map((c) => ({ ...c, stats: none, waiting: startOf(c), ...idle })))
      expect(pagination).toEqual({ page: 1, page_size: 2, total_count: 4, total_pages: 2 } as never)
      expect((await get('/campaigns?page=2&page_size=1')).data).toEqual(data.slice(1))
      expect((await get('/campaigns?channel=whatsapp&status=scheduled')).data).toEqual(data.slice(0, 1))
      await refuses('GET /campaigns?status=over&chanel=sms', '400 INVALID_REQUEST query.chanel query.status')
      const wrong = { ...draft, channel: 'fax', scheduled_at: '2099-01-01T00:00:00' }
      await refuses('POST /campaigns', '400 INVALID_REQUEST channel scheduled_at', wrong)
      await queues(timed, opened.ids.slice(0, 3), 3, 'scheduled')
      const at = `/campaigns/${timed.id}`
      expect(await get(at)).toMatchObject({ status: 'scheduled', stats: { ...none, total: 3, pending: 3 } })
      const { json } = await call(`PATCH ${at}`, { scheduled_at: null, name: 'Later' })
      expect(json).toMatchObject({ status: 'draft', name: 'Later', scheduled_at: null })
      await answers(`DELETE ${at}`, undefined, undefined, 204)
      for (const path of [at, `${at}/messages`]) await refuses(`GET ${path}`, '404 CAMPAIGN_NOT_FOUND')
      await refusesChange(at, '404 CAMPAIGN_NOT_FOUND')
    })

    test('a send that is refused writes nothing, and a time that comes starts the campaign', async () => {
      const one = await campaign({ base_template: 'Hi {frist_name}', scheduled_at: '2099-01-01T00:00:00Z' })
      const [at, known] = [`/campaigns/${one.id}`, opened.ids.slice(0, 5)]
      const many = Array.from({ length: 100_001 }, (_, nth) => 1_000_000 + nth)
      const send = `POST ${at}/send`
      await refuses(send, '400 TEMPLATE_UNKNOWN_PLACEHOLDER base_template', { customer_ids: known })
      expect((await call(`PATCH ${at}`, { base_template: 'Hi' })).json).not.toHaveProperty('warnings')
      await refuses(send, '400 EMPTY_CUSTOMER_IDS customer_ids', { customer_ids: [] })
      await refuses(send, '400 TOO_MANY_CUSTOMER_IDS customer_ids', { customer_ids: many })
      await refuses('POST /campaigns/999999/send', '404 CAMPAIGN_NOT_FOUND', { customer_ids: known })
      const missing = await call(send, { customer_ids: [...known, ...many.slice(0, 99_995)] })
      expect(refusal(missing)).toBe('404 CUSTOMER_NOT_FOUND')
      expect(missing.json.error.details).toEqual({ missing_ids: many.slice(0, 100), missing_count: 99_995 })
      expect(await get(at)).toMatchObject({ status: 'scheduled', stats: none })
      await queues(one, known, 5, 'scheduled')
      await queues(one, [...known, ...opened.ids.slice(4, 7)], 2, 'scheduled')
      expect((await call(`PATCH ${at}`, { scheduled_at: new Date(Date.now() + 1500) })).json.status).toBe('scheduled')
      await until('it is sent', async () => (await get(at)).status === 'sent')
    })

    test('unknown addresses, methods and bodies are refused in one form, with the id of the request', async () => {
      await refuses('GET /nothing', '404 NOT_FOUND')
      const wrong = await call('PUT /campaigns', draft)
      expect(refusal(wrong)).toBe('405 METHOD_NOT_ALLOWED')
      expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
      await refuses('POST /campaigns', '400 INVALID_REQUEST body', '{"name":')
      await refuses('POST /campaigns', '415 UNSUPPORTED_MEDIA_TYPE', draft, { 'content-type': 'text/plain' })
      await refuses('POST /campaigns', '413 PAYLOAD_TOO_LARGE', { ...draft, name: 'x'.repeat(4 << 20) })
      const up = expect.objectContaining({ status: 'healthy' })
      const checks = { database: up, queue: up, senders: up, dispatch: up, loops: up }
      await answers('GET /health', undefined, { status: 'healthy', checks })
    })

    test('in the end all is sent, failed messages too, and every recipient is accounted for', async () => {
      const all = async () => (await get('/campaigns?page_size=100')).data
      const isOver = async () => (await all()).every(({ status }) => status !== 'sending')
      await until('nothing is under way', isOver)
      // The first campaign's recipients have fared in every way.
      const at = '/campaigns/1'
      const { id: campaign_id, status, stats: was } = await get(at)
      const resolved = { campaign_id, messages_resolved: was.unknown, status }
      await answers(`POST ${at}/resolve-unknown`, { as: 'sent' }, resolved)
      await answers(`POST ${at}/retry-failed`, {}, { campaign_id, messages_queued: was.failed, status: 'sending' })
      await until('nothing is under way again', isOver)
      expect((await get(at)).stats).toEqual({ ...none, total: was.total, skipped: 1, sent: was.total - 1 })
      await refuses(`POST ${at}/cancel`, '409 CAMPAIGN_STATUS_CONFLICT')
      const over = await all()
      expect(over.filter(({ stats }) => stats.total > 0).map(({ status }) => status)).toEqual(['sent', 'sent', 'sent'])
      for (const { stats } of over) expectConsistent({ ...stats, pending: 0, sending: 0 }, undefined)
      expect(await server.end()).toBe(0)
      await opened.judge()
    })
  })

test('with API_KEYS a request without a key gets nothing but the health', async () => {
  const key = 'a-key-of-the-contract'
  const { url } = await startServer({ ...worker, DATA_DIR: await freshFolder(), API_KEYS: `another-key-of-it,${key}` })
  const list = (authorization = '') => ask(url, 'GET /campaigns', undefined, { authorization })
  for (const wrong of ['', 'Bearer a-key-of-no-contract']) expect(refusal(await list(wrong))).toBe('401 UNAUTHORIZED')
  expect((await list()).headers.get('www-authenticate')).toBe('Bearer')
  expect([(await list(`Bearer ${key}`)).status, (await ask(url, 'GET /health')).status]).toEqual([200, 200])
  await releaseServers().then(releaseFolders)
})
