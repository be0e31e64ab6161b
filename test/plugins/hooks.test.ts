/** Hooks: what a provider posts is verified by its sender, stored, and only then answered; the loop folds it. */
import { beforeEach, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { MAX_BODY_BYTES } from '../../core/http/body.ts'
import { openKeys } from '../../core/http/keys.ts'
import { baseServer } from '../../core/http/server.ts'
import { readAnswer } from '../../core/http/test-call.ts'
import { openReceiptService } from '../../core/messaging/receipts/service.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { HookAnswer, HookRequest } from '../../core/messaging/senders/hook.ts'
import { openFoldLoop } from '../../plugins/receipts/fold.ts'
import type { ReceiptsGrant } from '../../plugins/receipts/grant.ts'
import { hookRoutes } from '../../plugins/receipts/routes.ts'
import { openLogged } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { getCampaign, outcomes, startCampaign } from '../support/dispatch.ts'

const PUBLIC_URL = 'https://example.org/dispatch/'
const KEY = 'a-key-of-at-least-16'

/** Signed with "right", it takes lines of `<message id> <delivery>`. */
async function hook({ method, headers, body }: HookRequest): Promise<HookAnswer> {
  if (method === 'GET') return { kind: 'challenge', text: 'here <I> am' }
  if (headers.get('x-signature') !== 'right') return { kind: 'refused', why: 'signature' }
  const text = new TextDecoder().decode(body)
  if (text === 'nonsense') return { kind: 'refused', why: 'body' }
  const receipts = text.split('\n').flatMap((line) => {
    const [messageId = '', delivery] = line.split(' ')
    return delivery === 'delivered' || delivery === 'read' ? [{ messageId, delivery } as const] : []
  })
  return { kind: 'taken', receipts, inbound: [], reply: { type: 'text/xml', text: '<Response/>' } }
}

function openHooks(db: Kysely<Database>, config: ReceiptsGrant['config'] = { publicUrl: PUBLIC_URL }) {
  const seen: HookRequest[] = []
  const notified: string[] = []
  const senders: Readonly<Record<string, object>> = {
    main: {
      channels: ['sms'],
      hook: (request: HookRequest) => {
        seen.push(request)
        return hook(request)
      },
    },
    silent: { channels: ['sms'] },
  }
  const log = openLogged([])
  const grant = {
    messaging: { receipts: openReceiptService(db), senders: { get: (name: string) => senders[name] } },
    clock: systemClock,
    wakeUps: {
      notify: async (topic: string) => void notified.push(topic),
      listen: () => ({ wait: (ms: number, stop: AbortSignal) => systemClock.sleep(ms, stop), close: () => {} }),
    },
    log,
    config,
  } as unknown as ReceiptsGrant
  const app = baseServer({ log, authenticate: openKeys([KEY]) }).use(hookRoutes(grant))
  return {
    grant,
    seen,
    notified,
    call: async (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
      readAnswer(
        await app.handle(new Request(`http://10.0.0.7:8080${path}`, { method, headers, ...(body && { body }) })),
      ),
  }
}

const signed = { 'x-signature': 'right', 'content-type': 'text/plain' }

eachDatabase((database) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))
  const stored = () => db().selectFrom('receipts').select(['sender', 'reference', 'delivery']).execute()

  test('what is signed is stored before it is answered, without a key of the API', async () => {
    const { call, seen, notified } = openHooks(db())
    const { status, text, headers } = await call(
      'POST',
      '/hooks/main/delivery?a=%C3%A9&b=',
      '7 read\n8 delivered',
      signed,
    )
    expect([status, text, headers.get('content-type')]).toEqual([200, '<Response/>', 'text/xml'])
    expect(await stored()).toEqual([
      { sender: 'main', reference: '7', delivery: 'read' },
      { sender: 'main', reference: '8', delivery: 'delivered' },
    ])
    expect(seen).toMatchObject([
      { method: 'POST', path: 'delivery', url: 'https://example.org/dispatch/hooks/main/delivery?a=%C3%A9&b=' },
    ])
    expect(notified).toEqual([])
    while (notified.length === 0) await Bun.sleep(5)
    expect(notified).toEqual(['receipts'])
  })

  test('a request is taken as it came: with an Idempotency-Key, and with parameters that are repeated', async () => {
    const { call, seen } = openHooks(db())
    const query = '?m=7&tag=b&tag=a&empty='
    const keyed = { ...signed, 'idempotency-key': 'of the provider' }
    for (const path of ['/hooks/main', '/hooks/main/token', '/hooks/main/token/delivery']) {
      expect((await call('POST', path + query, '7 read', keyed)).status).toBe(200)
      expect((await call('GET', path + query)).status).toBe(200)
    }
    expect(seen.map(({ url }) => url.slice(url.indexOf('?')))).toEqual(Array(6).fill(query))
    expect(seen[0]?.headers.get('idempotency-key')).toBe('of the provider')
    expect(seen.map(({ path }) => path)).toEqual(['', '', 'token', 'token', 'token/delivery', 'token/delivery'])
    // Everything else still refuses what could be read in more than one way.
    expect((await call('POST', '/hooks/main?a=%zz', '7 read', signed)).status).toBe(400)
    expect((await call('GET', '/swagger?a=1&a=2')).json.error.details[0].path).toBe('query.a')
  })

  test('a wrong signature is refused, and so is a body that cannot be read; nothing is stored', async () => {
    const { call, notified } = openHooks(db())
    const wrong = await call('POST', '/hooks/main', '7 read', { 'x-signature': 'wrong' })
    expect([wrong.status, wrong.json.error.code]).toEqual([401, 'HOOK_SIGNATURE_WRONG'])
    const unreadable = await call('POST', '/hooks/main', 'nonsense', signed)
    expect([unreadable.status, unreadable.json.error.code]).toEqual([400, 'HOOK_UNREADABLE'])
    expect(await stored()).toEqual([])
    expect(notified).toEqual([])
  })

  test('a body may be large, and not too large', async () => {
    const { call } = openHooks(db())
    const lines = Array.from({ length: 20_000 }, (_, at) => `${at + 1} delivered`).join('\n')
    expect((await call('POST', '/hooks/main', lines, signed)).status).toBe(200)
    expect(await stored()).toHaveLength(20_000)
    const { status, json } = await call('POST', '/hooks/main', 'x'.repeat(MAX_BODY_BYTES + 1), signed)
    expect([status, json.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  })

  test('a provider that looks for its hook gets the text that its sender answers', async () => {
    const { call, seen } = openHooks(db())
    const { status, text, headers } = await call('GET', '/hooks/main?hub.challenge=1')
    expect([status, text, headers.get('content-type')]).toEqual([200, 'here <I> am', 'text/plain; charset=utf-8'])
    expect(seen).toMatchObject([{ method: 'GET', url: 'https://example.org/dispatch/hooks/main?hub.challenge=1' }])
  })

  test('there is nothing for a sender without a hook, and nothing at all without PUBLIC_URL', async () => {
    const { call } = openHooks(db())
    for (const name of ['silent', 'nobody', 'constructor'])
      expect((await call('POST', `/hooks/${name}`, '7 read', signed)).json.error.code).toBe('HOOK_NOT_FOUND')
    const off = openHooks(db(), {})
    expect((await off.call('POST', '/hooks/main', '7 read', signed)).status).toBe(404)
    expect(await stored()).toEqual([])
  })

  test('the loop folds what was posted, and again once a message has its result', async () => {
    const { call, grant } = openHooks(db())
    const { take, report, campaignId } = await startCampaign(db(), 2)
    const lease = await take()
    await report(lease, { results: outcomes([1], 'sent'), startedUpto: '2', inFlight: 1 })
    await call('POST', '/hooks/main', '1 delivered\n2 read', signed)
    const stop = new AbortController()
    const loop = openFoldLoop(grant)(stop.signal, stop.signal)
    const delivered = async () => (await getCampaign(db(), campaignId)).delivered
    while ((await delivered()) < 1) await Bun.sleep(5)
    await report(lease, { results: outcomes([2], 'sent'), startedUpto: '2', next: 'done' })
    while ((await delivered()) < 2) await Bun.sleep(5)
    stop.abort()
    await loop
    expect(await stored()).toEqual([])
  })
})
