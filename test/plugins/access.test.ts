/** Access to every route that there is, with no key, a wrong one, a valid one, and with some scopes only. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { AppError } from '../../core/errors.ts'
import { listOwners, migrateOwnTables } from '../../core/host/own-tables.ts'
import type { AnyPlugin } from '../../core/host/plugin.ts'
import { accessOf } from '../../core/http/access.ts'
import { type Authenticate, openKeys } from '../../core/http/keys.ts'
import type { Principal } from '../../core/http/principal.ts'
import { plugins } from '../../plugins/index.ts'
import { type Api, openApi } from '../support/api.ts'
import { freshDatabase, type TestDatabase } from '../support/databases.ts'

const KEY = 'a-key-of-the-tests-1'
const principals = new Map<string, Principal>()
const all = [...new Set((plugins as readonly AnyPlugin[]).flatMap(({ scopes }) => Object.keys(scopes ?? {})))]
const byKey = openKeys([KEY])
/** Keys of the tests give principals some scopes. */
const authenticate: Authenticate = (headers) => principals.get(headers.get('authorization') ?? '') ?? byKey(headers)

let database: TestDatabase
let api: Api
beforeAll(async () => {
  database = await freshDatabase('pglite')
  await migrateOwnTables(database.db, listOwners(plugins))
  api = openApi(database.db, undefined, authenticate)
}, 30_000)
afterAll(() => {
  api.stop()
  return database.close()
})

/** Asks with a body that no route takes; only the status counts, as an answer may never end. */
async function ask(method: string, path: string, authorization?: string): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) }
  const body = ['GET', 'HEAD', 'DELETE'].includes(method) ? {} : { body: '{' }
  const response = await api.app.handle(new Request(`http://localhost${path}`, { method, headers, ...body }))
  await response.body?.cancel()
  return response.status
}

/** Every route in each of its spellings. */
const spellings = () =>
  api.app.routes.flatMap((route) => {
    const path = route.path.replace(/:\w+/g, 'x')
    const paths = path === '/' ? [path] : [path.replace(/\/$/, ''), `${path.replace(/\/$/, '')}/`]
    const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]
    return paths.flatMap((path) => methods.map((method) => ({ method, path, access: accessOf(route) })))
  })

const statuses = async (authorization: (scope: string | undefined) => string | undefined) => {
  const rows: [string, string, number][] = []
  for (const { method, path, access } of spellings()) {
    const status = await ask(method, path, authorization(access?.scope))
    rows.push([`${method} ${path}`, access?.open ? 'open' : 'closed', status])
  }
  expect(rows.length).toBeGreaterThan(60)
  return rows
}
/** The body that all of them get is malformed: no route that takes one does anything. */
const kindOf = (status: number) => (status === 401 || status === 403 || status >= 500 ? String(status) : 'answered')

describe('every route', () => {
  const cases: [string, (scope: string | undefined) => string | undefined, '401' | '403' | 'answered'][] = [
    ['without a key', () => undefined, '401'],
    ['with a wrong key', () => `Bearer ${KEY}x`, '401'],
    ['with a key', () => `Bearer ${KEY}`, 'answered'],
    ['without scopes', () => 'none', '403'],
    ['with all scopes but its own', (scope) => `not ${scope}`, '403'],
    ['with its own scope only', (scope) => `only ${scope}`, 'answered'],
  ]
  principals.set('none', { actor: 'none', scopes: new Set() })
  for (const scope of all) {
    principals.set(`only ${scope}`, { actor: 'only', scopes: new Set([scope]) })
    principals.set(`not ${scope}`, { actor: 'not', scopes: new Set(all.filter((one) => one !== scope)) })
  }

  test.each(cases)('%s', async (_, authorization, expected) => {
    const rows = await statuses(authorization)
    expect(rows.map(([name, access, status]) => `${name} ${access} ${kindOf(status)}`)).toEqual(
      rows.map(([name, access]) => `${name} ${access} ${access === 'open' ? 'answered' : expected}`),
    )
  })

  test('the principal of a key has all scopes', () => {
    const caller = byKey(new Headers({ authorization: `Bearer ${KEY}` }))
    expect(caller).not.toBeInstanceOf(AppError)
    expect((caller as Principal).scopes).toBe('all')
  })
})

test('every declared scope is required by some route', () => {
  const asked = new Set(api.app.routes.flatMap((route) => accessOf(route)?.scope ?? []))
  expect(all.toSorted()).toEqual([...asked].toSorted())
})
