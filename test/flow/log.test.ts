/** The log of a small campaign, written by the program's own logger: it tells of all, and of no phone, text or key. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { AnyElysia } from 'elysia'
import { systemClock as clock } from '../../core/clock.ts'
import { compose } from '../../core/host/compose.ts'
import { openKeys } from '../../core/http/keys.ts'
import { baseServer } from '../../core/http/server.ts'
import { openLog } from '../../core/log/log.ts'
import { openPostgresQueue } from '../../core/messaging/chunk/postgres-queue.ts'
import { tableNames } from '../../core/messaging/schema.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { openServices } from '../../core/messaging/services.ts'
import { readSettings, settingsSchema } from '../../core/messaging/settings.ts'
import { openWakeUps } from '../../core/wakeups.ts'
import { plugins } from '../../plugins/index.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { freshDatabase } from '../support/databases.ts'
import { sendersByChannel } from '../support/senders.ts'
import { until } from '../support/server-process-wait.ts'
import { openSink } from '../support/sink.ts'

const KEY = 'a-key-of-the-tests-1'
const NEW_PHONE = '+254798765432'
const people = makePeople(30, 5)

interface Line {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

const releasers: (() => unknown)[] = []
afterEach(async () => {
  for (const release of releasers.splice(0).reverse()) await release()
})

/** Customer 1 makes it throw, 2 is refused, 3 is refused at the first try; all others are accepted. */
function quote({ messageId, attempt, to, text }: OutboundMessage): Outcome {
  if (messageId === '1') throw new Error(`Cannot deliver "${text}" to ${to}`)
  if (messageId === '2') return { kind: 'rejected', code: 'provider.rejected', permanent: true }
  if (messageId === '3' && attempt === 1) return { kind: 'rejected', code: 'provider.rejected', permanent: false }
  return { kind: 'accepted', id: messageId }
}

/** The program on a database in memory, with a sender that does as `quote` says, and its log. */
async function setup(level: string) {
  const database = await freshDatabase('pglite')
  releasers.push(() => database.close())
  const { to, written } = openSink()
  const log = await openLog(level, false, to)
  const wakeUps = await openWakeUps(database, { clock, log })
  const queue = openPostgresQueue(database.db, wakeUps)
  const odd = sendersByChannel(() => ({
    idempotent: false,
    sendOne: async (message) => {
      log.debug({ to: message.to, text: message.text }, 'odd sender')
      return quote(message)
    },
  }))
  const stopping = new AbortController().signal
  const process = { id: 'test', host: 'here', pid: 1, startedAt: clock.now() }
  const { config } = readSettings({ WORKER_BACKOFF_MS: '1', SCHEDULER_INTERVAL_MS: '10' }, plugins)
  const resources = {
    db: database.db,
    database,
    wakeUps,
    queue,
    tables: tableNames,
    services: openServices({ db: database.db, clock, senders: () => odd }),
    clock,
    log,
    process,
    stopping,
  }
  const app = compose(plugins, resources, {
    base: baseServer({ log, authenticate: openKeys([KEY]) }),
    config,
    settings: settingsSchema,
    drainMs: 5000,
  })
  releasers.push(() => app.stop())
  await app.start()
  const call = async (method: string, path: string, body?: object, key = KEY, id?: string) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(id && { 'x-request-id': id }),
    }
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    const answer = await (app.server as unknown as AnyElysia).handle(new Request(`http://localhost${path}`, init))
    return {
      status: answer.status,
      id: answer.headers.get('x-request-id') ?? '',
      json: await answer.json().catch(() => null),
    }
  }
  const lines = () =>
    written()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  return { db: database.db, call, lines, written }
}

/** A campaign from its creation to its end, and some mistakes of a caller who puts phones and texts everywhere. */
async function runCampaign({ db, call }: Awaited<ReturnType<typeof setup>>) {
  const ids = await insertPeople(db, people)
  const campaign = { name: 'Shoes', channel: 'sms', base_template: 'Hi {first_name}, Sandals are back. {phone}' }
  const { json } = await call('POST', '/campaigns', campaign)
  const path = `/campaigns/${json.id}`
  const first = await call('POST', `${path}/send`, { customer_ids: ids.slice(0, 20) }, KEY, 'the-first.request_1')
  const second = await call('POST', `${path}/send`, { customer_ids: ids })
  await until('the campaign is over', async () => (await call('GET', path)).json.status === 'sent')
  await call('POST', '/customers', { phone: NEW_PHONE, first_name: 'Wanjiru' })
  await call('POST', '/customers', { phone: NEW_PHONE, first_name: 'Wanjiru' })
  await call('DELETE', `/customers/${encodeURIComponent(NEW_PHONE)}`)
  await call('DELETE', `/customers/${NEW_PHONE}`)
  await call('PATCH', `${path}?text=Sandals%20are%20back`, { base_template: 'Sandals are back' })
  await call('POST', '/campaigns', campaign, 'a-key-of-a-stranger-2')
  return { first, second }
}

const privates = [...people.map(({ phone }) => phone), NEW_PHONE, 'Sandals', 'Wanjiru', KEY, 'a-key-of-a-stranger-2']

describe('the log of a campaign', () => {
  test('holds no phone, no text and no key at info level', async () => {
    const bench = await setup('info')
    await runCampaign(bench)
    const said = bench.lines().map(({ msg }) => msg)
    for (const msg of ['request', 'Recipients queued', 'Chunk claimed', 'Chunk finished', 'A sender threw an error'])
      expect(said).toContain(msg)
    // By the worker, or, where that was slow, by the scheduler that found it over.
    expect(said.some((msg) => msg === 'Campaign completed' || msg === 'Rescued work that a process left behind')).toBe(
      true,
    )
    const written = bench.written().replaceAll('%2B', '+')
    for (const secret of privates) expect([secret, written.includes(secret)]).toEqual([secret, false])
    for (const { phone } of people) expect(written).not.toContain(phone.slice(-7))
  }, 60_000)

  test('shows phones and texts at debug level, and even there no key', async () => {
    const bench = await setup('debug')
    await runCampaign(bench)
    expect(bench.written()).toContain(people[5]?.phone ?? 'no such person')
    expect(bench.written()).toContain('Sandals are back')
    const verbose = new Set(
      bench
        .lines()
        .filter((line) => JSON.stringify(line).includes('Sandals'))
        .map(({ level }) => level),
    )
    expect([...verbose]).toEqual([20])
    expect(bench.written()).not.toMatch(/a-key-of/)
  }, 60_000)

  test('names the request in the lines of the chunks that it queued, retries included, and counts outcomes', async () => {
    const bench = await setup('info')
    const { first, second } = await runCampaign(bench)
    expect([first.id, first.json.messages_queued]).toEqual(['the-first.request_1', 20])
    expect(second.id).toMatch(/^[0-9a-f-]{36}$/)
    const of = (id: string) => bench.lines().filter((line) => line.request_id === id)
    const about = { request_id: first.id, campaign: 1 }
    expect(of(first.id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ request_id: first.id, msg: 'request', status: 200, path: '/campaigns/1/send' }),
        expect.objectContaining({ ...about, msg: 'Recipients queued', queued: 20, status: 'sending' }),
        expect.objectContaining({ ...about, msg: 'Chunk claimed', chunk: '1', sender: 'sms', turn: 0, messages: 20 }),
        expect.objectContaining({
          ...about,
          msg: 'Chunk finished',
          chunk: '1',
          sent: 17,
          failed: 1,
          unknown: 1,
          retried: 1,
        }),
        expect.objectContaining({ ...about, msg: 'Chunk claimed', turn: 1, messages: 1 }),
        expect.objectContaining({ ...about, msg: 'Chunk finished', sent: 1, ms: expect.any(Number) }),
      ]),
    )
    expect(of(second.id)).toEqual(
      expect.arrayContaining([expect.objectContaining({ msg: 'Chunk finished', sent: 10, failed: 0, retried: 0 })]),
    )
  }, 60_000)
})
