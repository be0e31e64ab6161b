/**
 * `campaign-dispatch/testing`: a host for a plugin's tests. The database is an embedded one in memory with all tables, the
 * grant and the routes are real, time stands still until the test turns it, and no call leaves the machine.
 *
 *     await using host = await openTestHost(hello)
 *     const answer = await host.call('POST', '/hello', { name: 'Wanjiku' })
 *     await host.loops.count?.runOnce()
 */

import type { TObject } from '@sinclair/typebox'
import type { AnyElysia } from 'elysia'
import type { Kysely } from 'kysely'
import { migrateToLatest } from './db/migrate.ts'
import { type OpenDatabase, openPGlite } from './db/open.ts'
import type { Tables } from './db/tables.ts'
import { BootError } from './errors.ts'
import { compose, type Member } from './host/compose.ts'
import { errorsOf } from './host/contributed.ts'
import { type ManualClock, manualClock, settled } from './host/manual-clock.ts'
import type { Transport } from './host/net.ts'
import { listOwners, migrateOwnTables } from './host/own-tables.ts'
import type { AnyPlugin, Loop, Needs, Plugin } from './host/plugin.ts'
import { local, type Principal } from './http/principal.ts'
import { baseServer } from './http/server.ts'
import { type Answer, readAnswer, toRequest } from './http/test-call.ts'
import { openLog } from './log/log.ts'
import { about } from './messaging/about.ts'
import { openPostgresQueue } from './messaging/chunk/postgres-queue.ts'
import { openDeliveries } from './messaging/events/deliveries.ts'
import type { DomainEvent, EventHandlers } from './messaging/events/types.ts'
import { type Channel, tableNames } from './messaging/schema.ts'
import type { OpenSender, OutboundMessage, Sender } from './messaging/senders/contract.ts'
import { senderKindsOf } from './messaging/senders/kinds.ts'
import { planSenders } from './messaging/senders/plan.ts'
import { openPlanned, type SenderOptions, sendersOf } from './messaging/senders/registry.ts'
import { openServices } from './messaging/services.ts'
import { readSettings, settingsSchema } from './messaging/settings.ts'
import { openWakeUps } from './wakeups.ts'

export type { Answer }

export interface TestLoop {
  /** Runs the loop until it sleeps on the clock or waits for a wake-up, then stops it. */
  runOnce(): Promise<void>
}

export interface TestHost<Own> extends AsyncDisposable {
  /** Calls a route. A body that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  readonly loops: Readonly<Record<string, TestLoop>>
  /** The whole database, for a test to fill and to look into: not the narrower one that the plugin is granted. */
  readonly db: Kysely<Tables & Own>
  readonly clock: ManualClock
  /** Each kind of sender that the plugin brings, open. */
  readonly senders: Readonly<Record<string, OpenSender>>
  /** Messages that the plugin sent through the configured senders, which accept all. */
  readonly sent: readonly OutboundMessage[]
  /** Hands an event to the plugin's handler, as the service would at its first delivery. */
  deliver(event: DomainEvent): Promise<void>
  /** Closes the database. `await using` does it too. */
  close(): Promise<void>
}

export interface TestHostOptions {
  /** Variables as they would stand in `.env`: `{ HELLO_GREETING: 'Jambo' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Rights of the caller; by default all. */
  readonly scopes?: readonly string[]
  /** Stands for the internet, for plugins that need `net`; without it every call fails. */
  readonly fetch?: Transport
}

/** @throws BootError when a start with this plugin would be refused; what it needs counts as granted */
export async function openTestHost<N extends Needs, C extends TObject, R extends AnyElysia, Own>(
  plugin: Plugin<N, C, R, Own>,
  { settings = {}, scopes, fetch = offline }: TestHostOptions = {},
): Promise<TestHost<Own>> {
  const plugins: readonly AnyPlugin[] = [plugin]
  const { config } = readSettings(settings, plugins)
  const database = await openPGlite(undefined, await migrated())
  try {
    await migrateOwnTables(database.db, listOwners(plugins))
    const sent: OutboundMessage[] = []
    const resources = await openResources(database, fetch, sent)
    const { clock, log, queue } = resources
    let members: readonly Member[] = []
    const app = compose(plugins, resources, {
      base: baseServer({ log, clock, about, authenticate: () => callerWith(scopes), errors: errorsOf(plugins) }),
      config,
      settings: settingsSchema,
      drainMs: 0,
      contributed: (all) => {
        members = all
        return openDeliveries(all, { db: database.db, owner: resources.process.id, clock, log })
      },
    })
    const close = async () => {
      await queue.close()
      await database.close()
    }
    return {
      call: async (...call) => readAnswer(await (app.server as AnyElysia).handle(toRequest(...call))),
      loops: openLoops(members, clock),
      db: database.db as unknown as Kysely<Tables & Own>,
      clock,
      senders: openKinds(members, settings, { clock, log, transport: fetch, publicUrl: 'https://example.org' }),
      sent,
      deliver: (event) => deliver(members, event),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Everything that a plugin may be granted, around one database. @param sent takes the messages that it sends */
async function openResources(database: OpenDatabase, fetch: Transport, sent: OutboundMessage[]) {
  const { db } = database
  const clock = manualClock()
  const log = await openLog('silent', false)
  const wakeUps = await openWakeUps(database, { clock, log })
  const senders = sendersOf([recorder('sms', sent), recorder('whatsapp', sent)], {
    sms: ['sms'],
    whatsapp: ['whatsapp'],
  })
  return {
    db,
    tables: tableNames,
    services: openServices({ db, clock, senders: () => senders }),
    database,
    queue: openPostgresQueue(db, wakeUps),
    wakeUps,
    clock,
    log,
    fetch,
    process: { id: crypto.randomUUID(), host: 'test', pid: process.pid, startedAt: clock.now() },
    stopping: new AbortController().signal,
  }
}

const callerWith = (scopes: readonly string[] | undefined): Principal =>
  scopes ? { actor: 'test', scopes: new Set(scopes) } : local

const offline: Transport = ({ url }) =>
  Promise.reject(new Error(`Nothing answers for ${url}: give openTestHost a fetch that does`))

const recorder = (name: Channel, sent: OutboundMessage[]): Sender => ({
  name,
  kind: 'test',
  channels: [name],
  idempotent: true,
  reference: 'none',
  limits: { rate: null, unit: 'message', concurrency: null, batch: 1 },
  timeoutMs: 1000,
  send: async (batch) => {
    sent.push(...batch)
    return batch.map(({ messageId }) => ({ kind: 'accepted', id: `test-${messageId}` }))
  },
})

let template: Promise<Blob> | undefined

/** Making a database takes seconds, loading one that is made a fraction of one. */
function migrated(): Promise<Blob> {
  template ??= (async () => {
    const made = await openPGlite()
    await migrateToLatest(made.db)
    const dump = await made.pglite.dumpDataDir('none')
    await made.close()
    return dump
  })()
  return template
}

function openLoops(members: readonly Member[], clock: ManualClock): Record<string, TestLoop> {
  const loops = members.flatMap(({ plugin, grant }) => Object.entries(plugin.loops?.(grant) ?? {}))
  return Object.fromEntries(loops.map(([name, loop]) => [name, { runOnce: () => runOnce(loop, clock) }]))
}

async function runOnce(loop: Loop, clock: ManualClock): Promise<void> {
  const stop = new AbortController()
  const asleep = clock.sleepers().length
  let ended = false
  const run = loop(stop.signal, new AbortController().signal).finally(() => {
    ended = true
  })
  run.catch(() => {}) // awaited below
  while (!ended && clock.sleepers().length <= asleep) await settled()
  stop.abort()
  await run
}

/** Each kind as a sender of its own name, with `SENDER_<KIND>_...` of the settings. */
function openKinds(
  members: readonly Member[],
  env: Readonly<Record<string, string>>,
  options: SenderOptions,
): Record<string, OpenSender> {
  const kinds = senderKindsOf(members.map(({ plugin }) => plugin))
  const { senders, problems } = planSenders(
    { senders: [...kinds.keys()].map((kind) => `${kind}:${kind}`).join() },
    env,
    kinds,
  )
  if (problems.length > 0) throw new BootError(problems.join('\n'))
  return Object.fromEntries(senders.map((planned) => [planned.name, openPlanned(members, planned, options)]))
}

async function deliver(members: readonly Member[], event: DomainEvent): Promise<void> {
  for (const { plugin, grant } of members) {
    const handlers = (plugin.on ?? {}) as EventHandlers<Member['grant']>
    const handle = handlers[event.type] as
      | ((event: DomainEvent, granted: Member['grant'], signal: AbortSignal) => Promise<void>)
      | undefined
    await handle?.(event, grant, new AbortController().signal)
  }
}
