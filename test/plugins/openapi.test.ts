import { afterAll, beforeAll, expect, test } from 'bun:test'
import { listOwners, migrateOwnTables } from '../../core/host/own-tables.ts'
import type { AnyPlugin } from '../../core/host/plugin.ts'
import { openReceiptService } from '../../core/messaging/receipts/service.ts'
import { plugins } from '../../plugins/index.ts'
import { type Api, openApi } from '../support/api.ts'
import { freshDatabase, type TestDatabase } from '../support/databases.ts'
import { fits, type Operation, readOperations } from '../support/openapi.ts'

const scopes = (plugins as readonly AnyPlugin[]).flatMap((plugin) => Object.keys(plugin.scopes ?? {}))
const declared = new RegExp(`^(${scopes.join('|')})$`)

let database: TestDatabase
let api: Api
let operations: Operation[]

beforeAll(async () => {
  database = await freshDatabase('pglite')
  await migrateOwnTables(database.db, listOwners(plugins))
  api = openApi(database.db)
  operations = await readOperations(api)
}, 30_000)
afterAll(() => database.close())

test('/swagger names nothing that is elsewhere', async () => {
  const { status, text, headers } = await api.call('GET', '/swagger')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(text).not.toMatch(/https?:|src="\/\/|<script>/)
})

test('what operations take and answer has a name, and no number may be text', async () => {
  const { json, text } = await api.call('GET', '/swagger/json')
  const names = Object.keys(json.components.schemas)
  expect(names).toEqual(
    expect.arrayContaining([
      'Campaign',
      'CampaignPage',
      'Customer',
      'Error',
      'Health',
      'ImportReport',
      'Pagination',
      'Recipient',
    ]),
  )
  // Schemas without a title are called after their operation.
  expect(names.filter((name) => /^(Get|Post|Patch|Put|Delete)[A-Z].*(\d{3}|Body)$/.test(name))).toEqual([])
  expect(text).not.toMatch(/"format":"(integer|numeric)"/)
  const ids = Object.values(json.paths as object).flatMap((methods) => Object.values(methods as object))
  for (const { operationId } of ids) expect(operationId).toMatch(/^[a-z][A-Za-z0-9]+$/)
})

test('every route of every plugin is in it', () => {
  const routes = api.app.routes
    .filter(({ path }) => !path.startsWith('/swagger'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  expect(operations.map(({ name }) => name).toSorted()).toEqual(routes.toSorted())
  expect(plugins.length).toBeGreaterThan(5)
})

test('every route has a summary, a description, a tag, and its parameters explained', () => {
  for (const { name, summary, description, parameters } of operations) {
    expect([name, summary, description]).toEqual([name, expect.stringMatching(/../), expect.stringMatching(/\.$/)])
    for (const parameter of parameters) expect([name, parameter.name, parameter.description]).not.toContain(undefined)
    expect(parameters.map((parameter) => parameter.name)).toEqual(
      expect.arrayContaining([...name.matchAll(/{(\w+)}/g)].map((match) => match[1])),
    )
  }
})

test('bodies are JSON only, with an example for each field, and the examples fit', () => {
  for (const { name, body, bodyTypes } of operations) {
    if (!body) continue
    expect([name, bodyTypes]).toEqual([name, ['application/json']])
    for (const [field, schema] of Object.entries(body.properties ?? {})) {
      const example = schema.example ?? schema.enum?.[0]
      expect([name, field, example !== undefined && fits(schema, example)]).toEqual([name, field, true])
    }
  }
})

test('every answer has an example that fits its schema, and every refusal names its codes', () => {
  for (const { name, responses, body } of operations) {
    const statuses = Object.keys(responses)
    expect(statuses).toEqual(expect.arrayContaining(body ? ['400', '413', '415', '500', '503'] : ['500', '503']))
    for (const [status, { description, content }] of Object.entries(responses)) {
      expect(description).toBeString()
      if (!content) continue
      const { schema, example, examples } = Object.values(content ?? {})[0] ?? { schema: {} }
      if (schema.$ref === undefined) expect([name, status, fits(schema, example)]).toEqual([name, status, true])
      else expect([name, status, Object.keys(examples ?? {}).join(', ')]).toEqual([name, status, description])
    }
  }
})

test('every route but /health requires a key and a scope, and documents how it refuses without them', async () => {
  const { json } = await api.call('GET', '/swagger/json')
  expect(json.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' })
  for (const { name, security, responses, 'x-scope': scope } of operations) {
    const refusal = responses['401']?.description
    const example = responses['403']?.content?.['application/json']?.examples?.FORBIDDEN?.value
    if (scope)
      expect([name, example]).toEqual([
        name,
        { error: { code: 'FORBIDDEN', message: `This caller lacks the scope "${scope}"` } },
      ])
    const forbids = responses['403']?.description.startsWith('FORBIDDEN, ')
    const signed = / \/hooks\//.test(name)
    const open = name === 'GET /' || name.startsWith('GET /health') || signed || name.includes(' /u/')
    expect([name, security, refusal, forbids, scope]).toEqual(
      open
        ? [name, [], signed ? 'HOOK_SIGNATURE_WRONG' : undefined, false, undefined]
        : [name, [{ bearer: [] }], 'UNAUTHORIZED', true, expect.stringMatching(declared)],
    )
  }
})

test('a POST or PATCH takes an Idempotency-Key, or says that it refuses one', async () => {
  const { json } = await api.call('GET', '/swagger/json')
  type Documented = { parameters?: { name: string }[]; responses: Record<string, { description: string }> }
  const documented = Object.entries(json.paths as Record<string, Record<string, Documented>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], responses }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        honours: parameters.some(({ name }) => name === 'Idempotency-Key'),
        refuses: responses['400']?.description.includes('IDEMPOTENCY_KEY_NOT_SUPPORTED') ?? false,
      })),
  )
  expect(documented.filter(({ honours }) => honours).map(({ name }) => name)).toEqual(['POST /customers/import'])
  for (const { name, honours, refuses } of documented)
    expect([name, refuses]).toEqual([name, /^(POST|PATCH) /.test(name) && !honours && !/ \/(hooks|u)\//.test(name)])
})

test('answers hold exactly the documented fields', async () => {
  await api.call('POST', '/customers', { phone: '+254712345678' })
  await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: '{nope}' })
  await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'b' })
  await api.call('POST', '/segments', { name: 'a', rule: { tag: 'a' } })
  const text = 'Please stop'
  const inbound = [{ id: 'a', from: '+254712345678', text }]
  await openReceiptService(database.db).openInbox()({ sender: 'sms', receipts: [], inbound })
  const bodies: Record<string, unknown> = {
    'POST /campaigns/{id}/send': { customer_ids: [1] },
    'POST /campaigns/{id}/dry-run': { customer_ids: [1] },
    'POST /campaigns/{id}/personalized-preview': { customer_id: 1 },
    'POST /campaigns/{id}/test': { to: '+254712345678', customer_id: 1 },
    'POST /campaigns/{id}/resolve-unknown': { as: 'sent' },
    'PATCH /campaigns/{id}': { name: 'b' },
    'PATCH /customers/{id}': { location: 'x' },
    'POST /campaigns': { name: 'a', channel: 'sms', base_template: 'b' },
    'POST /customers/import': 'phone\n0712345678\n',
    'POST /suppressions/import': 'phone\n0712345678\n',
    'POST /customers/ids': { phones: ['+254712345678'] },
    'POST /customers': { phone: '+254712345679' },
    'POST /segments/preview': { segment_id: 1 },
    'PATCH /segments/{id}': { name: 'b' },
    'PATCH /senders/{name}': { rate: 50 },
    'PUT /routes/{channel}': { senders: ['sms'] },
  }
  // Changes before sending, which forbids them; what ends a campaign, and removal, last.
  const order = ['PATCH', 'PUT', 'POST', 'GET', 'DELETE']
  const rank = ({ method, path }: { method: string; path: string }) =>
    order.indexOf(method) + (path.endsWith('/cancel') ? 0.5 : 0)
  for (const { name, method, path, body, responses } of operations.toSorted((a, b) => rank(a) - rank(b))) {
    // It never ends: its own tests read it.
    if (path === '/stats/stream') continue
    // No provider is there to be asked: its own tests ask one.
    if (path === '/senders/{name}/check' || path === '/senders/{name}/templates') continue
    // They answer what a sender's provider expects: their own tests read that.
    if (path.startsWith('/hooks/')) continue
    // They answer pages.
    if (path.startsWith('/u/')) continue
    const id = path.startsWith('/campaigns') ? (method === 'DELETE' ? '1' : '2') : '1'
    const { status, json } = await api.call(
      method,
      path
        .replace('{id}', id)
        .replace('{phone}', '0712345678')
        .replace(/{(name|channel)}/, path.startsWith('/attributes') ? 'points' : 'sms'),
      bodies[name] ?? exampleOf(body),
      {
        ...(name.endsWith('/import') && { 'content-type': 'text/csv' }),
      },
    )
    expect([name, status < 300, json]).toEqual([name, true, json])
    const schema = responses[status]?.content?.['application/json']?.schema
    if (status !== 204) expect([name, json, strictly(schema ?? {}, json)]).toEqual([name, json, true])
  }
})

/** The examples of a body's fields; undefined where there is no body. */
function exampleOf(body: Operation['body']): object | undefined {
  const fields = Object.entries(body?.properties ?? {}).map(([field, { example }]) => [field, example])
  return body && Object.fromEntries(fields)
}

/** `fits`, with nothing besides what is documented. */
function strictly(schema: object, value: unknown): boolean {
  const closed = JSON.parse(JSON.stringify(schema), (_, part) =>
    part?.type === 'object' ? { ...part, additionalProperties: false } : part,
  )
  return fits(closed, value)
}
