/** One running process: opens everything that the settings name, in order, and closes it in reverse. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { systemClock as clock } from './clock.ts'
import { untilDone } from './db/retry.ts'
import { compose } from './host/compose.ts'
import { errorsOf } from './host/contributed.ts'
import { listOwners } from './host/own-tables.ts'
import type { AnyPlugin, Fetch, Site } from './host/plugin.ts'
import { openPresence } from './host/presence.ts'
import { supervise } from './host/supervise.ts'
import { behindGate } from './http/gate.ts'
import { openKeys, splitKeys } from './http/keys.ts'
import { type Listening, listen, type Place } from './http/listen.ts'
import { baseServer } from './http/server.ts'
import { type Log, openLog } from './log/log.ts'
import { about } from './messaging/about.ts'
import { wire } from './messaging/chunk/broker-message.ts'
import { openPostgresQueue } from './messaging/chunk/postgres-queue.ts'
import { refreshStatistics } from './messaging/contacts/statistics.ts'
import { openDeliveries } from './messaging/events/deliveries.ts'
import { type Policy, policiesOf } from './messaging/policy/policy.ts'
import { type Channel, channels, tableNames } from './messaging/schema.ts'
import type { Senders } from './messaging/senders/contract.ts'
import { registerSenders } from './messaging/senders/register.ts'
import { openSenders } from './messaging/senders/registry.ts'
import { openServices } from './messaging/services.ts'
import { type Settings, settingsSchema } from './messaging/settings.ts'
import { openStore, type Store } from './messaging/store.ts'
import { openRabbitQueue } from './queue/rabbitmq.ts'
import { openWakeUps } from './wakeups.ts'

export interface Started {
  /** Where the API listens: `http://localhost:8080`. */
  readonly url: string
  /** Sites that plugins serve, each with its address. */
  readonly sites: readonly { readonly title: string; readonly url: string }[]
  readonly store: Store
  readonly queue: string
  readonly log: Log
  /**
   * Finishes the work in flight, within the drain deadline, and closes everything.
   * @param noticeSeconds how long requests are still served first, while /health/ready sends load balancers elsewhere
   */
  stop(noticeSeconds?: number): Promise<void>
}

/**
 * @param terminal whether a person reads the log
 * @param logTo where it goes, if not to standard output
 * @throws BootError when something that the settings name is not to be had; nothing stays open then
 */
export async function start(
  { core, enabled, config, warnings, senders: plan }: Settings,
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
    const running = plugins.filter(({ name }) => enabled.includes(name))
    const store = await openStore(core, { owners: listOwners(running) })
    closers.push(() => store.close())
    for (const warning of store.warnings) log.warn(warning)
    const wakeUps = await openWakeUps(store, { clock, log })
    const queue = core.rabbitmqUrl
      ? openRabbitQueue(core.rabbitmqUrl, { wire, clock, log })
      : openPostgresQueue(store.db, wakeUps)
    closers.push(() => queue.close())
    const me = { id: randomUUID(), host: hostname(), pid: process.pid, startedAt: clock.now() }
    const stopping = new AbortController()
    let senders: Senders | undefined
    let policies: readonly Policy[] = []
    const resources = {
      db: store.db,
      tables: tableNames,
      services: openServices({ db: store.db, clock, senders: () => required(senders), policies: () => policies }),
      database: store,
      queue,
      wakeUps,
      clock,
      log,
      process: me,
      stopping: stopping.signal,
    }
    closers.push(() => closeSenders(senders))
    const keys = splitKeys(core.apiKeys)
    const app = compose(plugins, resources, {
      enabled,
      config,
      settings: settingsSchema,
      contributed: (members) => {
        senders = openSenders(members, plan, { clock, log, publicUrl: core.publicUrl })
        policies = policiesOf(members)
        return openDeliveries(members, { db: store.db, owner: me.id, clock, log })
      },
      base: baseServer({
        log,
        clock,
        authenticate: openKeys(keys),
        confirm: store.confirm,
        about,
        errors: errorsOf(plugins, enabled),
      }),
      drainMs: core.drainSeconds * 1000,
    })
    await untilDone(() => registerSenders(store.db, required(senders)), { clock, log, signal: stopping.signal })
    const presence = supervise(
      [
        {
          plugin: 'core',
          loop: 'presence',
          run: openPresence(store.db as never, resources, app.enabled, presentAs(required(senders))),
        },
      ],
      { clock, log, drainMs: 1000 },
    )
    const { host, port } = core
    const servers: Listening[] = []
    const keyless = keys.length === 0
    const open = (place: Omit<Place, 'host'>, fetch: Fetch, { publicUrl, isPublic }: OpenTo = {}) => {
      const gate = { log, keyless, publicUrl: publicUrl?.value, publicSetting: publicUrl?.setting, isPublic }
      const server = listen({ host, ...place }, behindGate(fetch, gate), { clock, log })
      servers.push(server)
      return server.url
    }
    closers.push(() => presence.stop())
    let noticeSeconds = 0
    const stopServers = async () => {
      await clock.sleep(noticeSeconds * 1000)
      await Promise.all(servers.map((server) => server.stop(core.drainSeconds)))
    }
    closers.push(() => Promise.all([stopServers(), app.stop()]))
    const url = open({ port, setting: 'PORT' }, app.server.fetch, { isPublic: isHook })
    const sites = app.sites.map(({ title, fetch, publicUrl, ...place }) => ({
      title,
      url: open(place, (request) => fetch(request, app.server.fetch), { publicUrl }),
    }))
    closers.push(() => stopping.abort())
    await app.start()
    if (app.loops().length > 0) await presence.start()
    for (const site of app.sites) void site.prepare?.()
    refreshStatistics(store.db).catch((err) => log.warn({ err }, 'Searches by name may be slow: ANALYZE failed'))
    return {
      url,
      sites,
      store,
      queue: queue.name,
      log,
      stop: async (seconds = 0) => {
        noticeSeconds = seconds
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Callers of a port besides those who know it by its own name. */
interface OpenTo {
  readonly publicUrl?: Site['publicUrl']
  readonly isPublic?: (path: string) => boolean
}

/** Providers call these, by whatever name they reach the service; the signature of what they post is checked. */
const isHook = (path: string): boolean => path.startsWith('/hooks/')

/** Kinds that carry each channel first, and names of all senders, for the list of processes. */
const presentAs = (senders: Senders) => ({
  senders: Object.fromEntries(channels.map((channel) => [channel, senders.of(channel)[0]?.kind ?? 'none'])) as Record<
    Channel,
    string
  >,
  sender_names: senders.list().map(({ name }) => name),
})

/** Before every plugin has its grant there are no senders: plugins only build then, and nothing is sent. */
function required(senders: Senders | undefined): Senders {
  if (!senders) throw new Error('The senders are not open yet')
  return senders
}

async function closeSenders(senders: Senders | undefined): Promise<void> {
  for (const sender of senders?.list() ?? []) await sender.close?.()
}
