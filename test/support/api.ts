/** The API on a test's database, called without a socket. Each plugin has its granted handles and no more. */

import type { AnyElysia } from 'elysia'
import type { Kysely } from 'kysely'
import { type Clock, systemClock } from '../../core/clock.ts'
import { errorsOf } from '../../core/host/contributed.ts'
import { grantTo } from '../../core/host/grant.ts'
import type { AnyPlugin, LoopState } from '../../core/host/plugin.ts'
import type { Resources } from '../../core/host/resources.ts'
import type { Authenticate } from '../../core/http/keys.ts'
import { baseServer } from '../../core/http/server.ts'
import { type Answer, readAnswer, toRequest } from '../../core/http/test-call.ts'
import { about } from '../../core/messaging/about.ts'
import { type Database, tableNames } from '../../core/messaging/schema.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { openServices } from '../../core/messaging/services.ts'
import { readSettings } from '../../core/messaging/settings.ts'
import type { Topic } from '../../core/wakeups.ts'
import { plugins } from '../../plugins/index.ts'
import { sendersByChannel } from './senders.ts'

export type { Answer }

export interface Logged {
  readonly level: string
  readonly line: unknown
}

export interface Api {
  readonly app: AnyElysia
  readonly logged: Logged[]
  /** Events in the order in which they were notified. */
  readonly notified: Topic[]
  /** State that /health reports. */
  readonly state: {
    loops: LoopState[]
    database: () => Promise<void>
    queue: () => Promise<void>
    sender: (message: OutboundMessage, signal: AbortSignal) => Promise<Outcome>
  }
  request(request: Request): Promise<Answer>
  /** Answers that never end by themselves do now. */
  stop(): void
  /** A body that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export function openLogged(logged: Logged[]): Resources['log'] {
  const at = (level: string) => (line: unknown) => void logged.push({ level, line })
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log }
  return log as unknown as Resources['log']
}

/** @param authenticate default: everybody may come in @param publicUrl default: there is none */
export function openApi(
  db: Kysely<Database>,
  clock: Clock = systemClock,
  authenticate?: Authenticate,
  publicUrl?: string,
): Api {
  const logged: Logged[] = []
  const notified: Topic[] = []
  const stopping = new AbortController()
  const state: Api['state'] = { loops: [], database: async () => {}, queue: async () => {}, sender: unused }
  const { config } = readSettings({}, plugins)
  const senders = sendersByChannel(() => ({ sendOne: (...call) => state.sender(...call) }))
  const resources = {
    db,
    clock,
    log: openLogged(logged),
    wakeUps: {
      notify: async (topic: Topic) => void notified.push(topic),
      listen: () => ({
        wait: (ms: number, stop: AbortSignal) => systemClock.sleep(ms, stop).then(() => false),
        close: () => {},
      }),
    },
    database: { check: () => state.database() },
    queue: {
      name: 'postgres' as const,
      check: () => state.queue(),
      inspect: async () => undefined,
      take: unused,
      takeNow: () => undefined,
      publish: unused,
      close: unused,
    },
    tables: tableNames,
    services: openServices({ db, clock, senders: () => senders, publicUrl }),
    process: { id: 'test', host: 'here', pid: 1, startedAt: Date.now() - 60_000 },
    stopping: stopping.signal,
  }
  let app: AnyElysia = baseServer({
    log: resources.log,
    clock,
    about,
    errors: errorsOf(plugins),
    ...(authenticate && { authenticate }),
  })
  for (const plugin of plugins as readonly AnyPlugin[]) {
    const grant = grantTo(plugin, resources, { config: config[plugin.name], loops: () => state.loops })
    if (plugin.routes) app = app.use(plugin.routes(grant as never)) as AnyElysia
  }
  const request = async (input: Request) => readAnswer(await app.handle(input))
  return {
    app,
    logged,
    notified,
    state,
    request,
    call: (...call) => request(toRequest(...call)),
    stop: () => stopping.abort(),
  }
}

/** Routes take no messages, and send none unless a test says so. */
const unused = (): never => {
  throw new Error('Cannot use this in a test of routes')
}
