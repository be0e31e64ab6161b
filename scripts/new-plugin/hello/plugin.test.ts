import { expect, test } from 'bun:test'
import { sql } from 'campaign-dispatch/plugin'
import { openTestHost } from 'campaign-dispatch/testing'
import plugin from './plugin.ts'

test('POST /hello greets with the word that is set, and keeps the name', async () => {
  await using host = await openTestHost(plugin, { settings: { HELLO_WORD: 'Habari' } })
  const { status, json } = await host.call('POST', '/hello', { name: 'Wanjiku' })
  expect({ status, json }).toEqual({ status: 200, json: { greeting: 'Habari, Wanjiku!' } })
  const listed = await host.call('GET', '/hello')
  expect(listed.json.greetings).toEqual([{ name: 'Wanjiku', greeted_at: expect.any(String) }])
})

test('POST /hello refuses a body without a name', async () => {
  await using host = await openTestHost(plugin)
  expect(await host.call('POST', '/hello', {})).toMatchObject({
    status: 400,
    json: { error: { code: 'INVALID_REQUEST' } },
  })
})

test('the routes refuse callers who lack their scope', async () => {
  await using host = await openTestHost(plugin, { scopes: ['hello:read'] })
  expect(await host.call('POST', '/hello', { name: 'Wanjiku' })).toMatchObject({
    status: 403,
    json: { error: { code: 'FORBIDDEN', message: 'This caller lacks the scope "hello:write"' } },
  })
  expect((await host.call('GET', '/hello')).status).toBe(200)
})

test('forget deletes names that are older than HELLO_KEEP_DAYS, and no others', async () => {
  await using host = await openTestHost(plugin, { settings: { HELLO_KEEP_DAYS: '7' } })
  const old = { name: 'Otieno', greeted_at: sql<Date>`now() - interval '8 days'` }
  await host.db
    .insertInto('hello_greetings')
    .values([old, { name: 'Achieng' }])
    .execute()
  await host.loops.forget?.runOnce()
  expect(await host.db.selectFrom('hello_greetings').select('name').execute()).toEqual([{ name: 'Achieng' }])
})

test('the sender stores a message once, however often it is called', async () => {
  await using host = await openTestHost(plugin)
  const message = {
    messageId: '1',
    campaignId: 1,
    channel: 'sms',
    to: '+254711000111',
    text: 'Karibu',
    attempt: 1,
    turn: 0,
    idempotencyKey: 'msg:1',
  } as const
  const sender = host.senders.hello
  for (const _ of [1, 2])
    expect(await sender?.send([message], AbortSignal.timeout(5000))).toEqual([{ kind: 'accepted', id: 'msg:1' }])
  expect(await host.db.selectFrom('hello_messages').selectAll().execute()).toEqual([
    { key: 'msg:1', phone: '+254711000111', text: 'Karibu' },
  ])
})
