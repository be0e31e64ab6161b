/** One running process: opens everything that the settings name, in order, and closes it in reverse. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { openSenders, type SenderOptions } from './channels/open.ts'
import type { Senders } from './channels/sender.ts'
import { systemClock as clock } from './clock.ts'
import { compose } from './compose.ts'
import type { CoreSettings, Settings } from './config.ts'
import { BootError } from './errors.ts'
import { openEvents } from './events.ts'
import { splitKeys } from './http/keys.ts'
import { overSocket } from './http/socket.ts'
import { type Log, openLog } from './log.ts'
import type { AnyPlugin } from './plugin.ts'
import { openPresence } from './processes.ts'
import { openPostgresQueue } from './queue/postgres.ts'
import { openRabbitQueue } from './queue/rabbitmq.ts'
import { baseServer } from './server.ts'
import { openStore, type Store } from './store.ts'
import { supervise } from './supervise.ts'

/** Seconds; a call to /send with 100,000 customers must fit. */
const IDLE_SECONDS = 120

export interface Started {
  /** Where the API listens: `http://localhost:8080`. */
  readonly url: string
  readonly store: Store
  readonly queue: string
  readonly log: Log
  /** Finishes the work in hand, within the drain deadline, and closes everything. */
  stop(): Promise<void>
}

/**
 * @param terminal whether a person reads the log
 * @param logTo where it goes, if not to standard output
 * @throws BootError when something that the settings name is not to be had; nothing stays open then
 */
export async function start(
  { core, enabled, config, warnings }: Settings,
  plugins: readonly AnyPlugin[],
  terminal: boolean,
  logTo?: NodeJS.WritableStream,
): Promise<Started> {
  const log = openLog(core.logLevel, terminal, logTo)
  const closers: (() => unknown)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    for (const warning of warnings) log.warn(warning)
    const senders = openSenders({ ...senderOptions(core), log, clock })
    closers.push(() => closeSenders(senders))
    const store = await openStore(core)
    closers.push(() => store.close())
    const events = await openEvents(store, { clock, log })
    const queue = core.rabbitmqUrl
      ? openRabbitQueue(core.rabbitmqUrl, { clock, log })
      : openPostgresQueue(store.db, events)
    closers.push(() => queue.close())
    const me = { id: randomUUID(), host: hostname(), pid: process.pid, startedAt: clock.now() }
    const stopping = new AbortController()
    const resources = { db: store.db, queue, senders, events, clock, log, process: me, stopping: stopping.signal }
    const app = compose(plugins, resources, {
      enabled,
      config,
      base: baseServer({ log, keys: splitKeys(core.apiKeys) }),
      drainMs: core.drainSeconds * 1000,
    })
    const presence = supervise(
      [{ plugin: 'core', loop: 'presence', run: openPresence(store.db, resources, app.enabled) }],
      { clock, log, drainMs: 1000 },
    )
    const server = listen(core, app.server.fetch)
    closers.push(() => presence.stop())
    closers.push(() => Promise.all([stopServer(server, core.drainSeconds), app.stop()]))
    closers.push(() => stopping.abort())
    await app.start()
    if (app.loops().length > 0) await presence.start()
    return {
      url: `http://${core.host === '127.0.0.1' ? 'localhost' : core.host}:${server.port}`,
      store,
      queue: queue.name,
      log,
      stop: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function senderOptions(core: CoreSettings): Omit<SenderOptions, 'log' | 'clock'> {
  return {
    sms: core.smsSender,
    whatsapp: core.whatsappSender,
    idempotent: { sms: core.smsIdempotent, whatsapp: core.whatsappIdempotent },
    mock: { successRate: core.mockSuccessRate, latencyMs: core.mockLatencyMs, seed: core.mockSeed },
    http: { url: core.httpSenderUrl, timeoutMs: core.httpSenderTimeoutMs },
  }
}

/** Both channels may share one sender. */
async function closeSenders(senders: Senders): Promise<void> {
  for (const sender of new Set(Object.values(senders))) await sender.close?.()
}

type Fetch = (request: Request) => Response | Promise<Response>

function listen({ host, port }: CoreSettings, fetch: Fetch): Bun.Server<undefined> {
  try {
    return Bun.serve({ hostname: host, port, fetch: overSocket(fetch), idleTimeout: IDLE_SECONDS })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'EADDRINUSE')
      throw new BootError(
        `Cannot listen on ${host}:${port}: the port is taken. Stop what uses it, or set PORT to another`,
      )
    throw new BootError(`Cannot listen on ${host}:${port}: ${message}. Check HOST and PORT`)
  }
}

/** Requests under way are answered; connections that stay open after the deadline are cut. */
async function stopServer(server: Bun.Server<undefined>, seconds: number): Promise<void> {
  const late = new AbortController()
  await Promise.race([server.stop(), clock.sleep(seconds * 1000, late.signal)])
  late.abort()
  await server.stop(true)
}
