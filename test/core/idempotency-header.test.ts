/** A route honours `Idempotency-Key` or refuses it: whatever route there is, and whatever comes later. */
import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { route } from '../../core/http/route.ts'
import { baseServer } from '../../core/http/server.ts'
import { openLogged } from '../support/api.ts'

const honouring = {
  scope: 't:write',
  tag: 'T',
  summary: 's',
  description: 'd',
  answers: [],
  headers: { 'Idempotency-Key': 'k' },
}
const app = baseServer({ log: openLogged([]) })
  .post('/plain', () => 'done')
  .post('/with/:id/body', () => 'done')
  .patch('/plain', () => 'done')
  .put('/plain', () => 'done')
  .get('/plain', () => 'done')
  .post('/once', () => 'done', { detail: route(honouring) })
  .use(new Elysia({ prefix: '/plugin' }).post('/later', () => 'done'))

async function ask(method: string, path: string, headers: Record<string, string>, body?: string) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = { method, headers: { ...headers, ...type }, ...(body === undefined ? {} : { body }) }
  const response = await app.handle(new Request(`http://localhost${path}`, init))
  return response.ok ? 'done' : ((await response.json()) as { error: { code: string; message: string } }).error
}

const key = { 'idempotency-key': 'a' }

test.each([
  ['POST', '/plain', undefined, 'POST /plain'],
  ['POST', '/with/7/body', '{"a":1}', 'POST /with/{id}/body'],
  ['PATCH', '/plain', '{}', 'PATCH /plain'],
  ['POST', '/plugin/later', undefined, 'POST /plugin/later'],
] as const)('%s %s refuses the header, and says where it is honoured', async (method, path, body, named) => {
  const refusal = {
    code: 'IDEMPOTENCY_KEY_NOT_SUPPORTED',
    message: `${named} does not support the header Idempotency-Key: leave it out. Only POST /once supports it`,
  }
  expect(await ask(method, path, key, body)).toMatchObject(refusal)
  expect(await ask(method, path, { 'Idempotency-Key': '' }, body)).toMatchObject(refusal)
  expect(await ask(method, path, {}, body)).toBe('done')
})

test.each([
  ['POST', '/once'],
  ['PUT', '/plain'],
  ['GET', '/plain'],
])('%s %s takes it', async (method, path) => {
  expect(await ask(method, path, key)).toBe('done')
})
