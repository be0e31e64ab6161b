/** One running process: opens everything that the settings name, in order, and closes it in reverse. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { systemClock as clock, within } from './clock.ts'
import { untilDone } from './db/retry.ts'
import { compose } from './host/compose.ts'
import { errorsOf } from './host/contributed.ts'
import { listOwners } from './host/own-tables.ts'
import type { AnyPlugin } from './host/plugin.ts'
import { openPresence } from './host/presence.ts'
import type { Resources } from './host/resources.ts'
import { supervise } from './host/supervise.ts'
import { openKeys, splitKeys } from './http/keys.ts'
import { baseServer } from './http/server.ts'
import { openServers } from './http/servers.ts'
import { type Log, openLog } from './log/log.ts'
import { about } from './messaging/about.ts'
import { wire } from './messaging/chunk/broker-message.ts'
import { openPostgresQueue } from './messaging/chunk/postgres-queue.ts'
import { setConsentRule } from './messaging/consents/rule.ts'
import { refreshStatistics } from './messaging/contacts/statistics.ts'
import { openDeliveries } from './messaging/events/deliveries.ts'
import { type Policy, policiesOf } from './messaging/policy/policy.ts'
import { openInbox, type Post } from './messaging/receipts/inbox.ts'
import { type Channel, channels, tableNames } from './messaging/schema.ts'
import type { Senders } from './messaging/senders/contract.ts'
import { registerSenders } from './messaging/senders/register.ts'
import { openSenders } from './messaging/senders/registry.ts'
import type { RouteRow } from './messaging/senders/standstill.ts'
import { openServices } from './messaging/services.ts'
import { type Settings, settingsSchema } from './messaging/settings.ts'
import { openStore, type Store } from './messaging/store.ts'
import { openWakeUps } from './wakeups.ts'

/** Wait for the senders' rows at a start; they are written later where the database takes no writes. */
const REGISTER_MS = 2000

export interface Started {
  /** Address of the API: `http://localhost:8080`. */
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
  settings: Settings,
  plugins: readonly AnyPlugin[],
  terminal: boolean,
  logTo?: NodeJS.WritableStream,
): Promise<Started> {
  const log = await openLog(settings.core.logLevel, terminal, logTo)
  const closers: Closers = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    for (const warning of settings.warnings) log.warn(warning)
    const opened = await openResources(settings, plugins, log, closers)
    const { store, shared } = opened
    const { app, senders } = composeApp(settings, plugins, opened, closers)
    // A database that takes no writes yet does not keep the process from starting.
    const registering = { clock, log, signal: shared.stopping }
    const registered = untilDone(() => registerSenders(store.db, senders), registering)
    registered.then(
      (routes) => warnOfRoutes(log, routes),
      () => {}, // given up when the process stops
    )
    await within(REGISTER_MS, registered, clock)
    const ruled = untilDone(() => setConsent(store.db, settings.core.consent, log), registering)
    ruled.catch(() => {}) // given up when the process stops
    // Before the loops begin, so that nothing is sent by an earlier rule.
    await within(REGISTER_MS, ruled, clock)
    const presence = openOwnPresence(opened, app.enabled, senders)
    closers.push(() => presence.stop())
    const served = serve(settings, app, log, closers)
    closers.push(() => opened.stopping.abort())
    await app.start()
    if (app.loops().length > 0) await presence.start()
    for (const site of app.sites) void site.prepare?.()
    refreshStatistics(store.db).catch((err) => log.warn({ err }, 'Searches by name may be slow: ANALYZE failed'))
    return {
      url: served.url,
      sites: served.sites,
      store,
      queue: shared.queue.name,
      log,
      stop: async (noticeSeconds = 0) => {
        served.notice(noticeSeconds)
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Stores CONSENT for all processes, where this one has a value. */
async function setConsent(db: Store['db'], rule: Settings['core']['consent'], log: Log): Promise<void> {
  if (rule && (await setConsentRule(db, rule)))
    log.warn({ consent: rule }, `CONSENT=${rule} holds for all processes from now on`)
}

/** Warns of routes, set over the API, that the settings of this process cannot serve. */
function warnOfRoutes(log: Log, routes: readonly RouteRow[]): void {
  for (const { channel, country, senders } of routes)
    log.warn(
      { channel, country, senders },
      `This process cannot send ${country === null ? channel : `${channel} to ${country}`}: it has no sender of that route (${senders.join(', ')}). Add one to SENDERS, or change the route`,
    )
}

/** Closes what is open, the latest first. */
type Closers = (() => unknown)[]

type Opened = Awaited<ReturnType<typeof openResources>>

/** Opens what plugins share, except the services, which need the senders of plugins. */
async function openResources(
  { core, enabled }: Settings,
  plugins: readonly AnyPlugin[],
  log: Resources['log'],
  closers: Closers,
) {
  const running = plugins.filter(({ name }) => enabled.includes(name))
  const store = await openStore(core, { owners: listOwners(running) })
  closers.push(() => store.close())
  for (const warning of store.warnings) log.warn(warning)
  const wakeUps = await openWakeUps(store, { clock, log })
  const queue = core.rabbitmqUrl
    ? (await import('./queue/rabbitmq.ts')).openRabbitQueue(core.rabbitmqUrl, { wire, clock, log })
    : openPostgresQueue(store.db, wakeUps)
  closers.push(() => queue.close())
  const stopping = new AbortController()
  const shared: Omit<Resources, 'services'> = {
    db: store.db,
    tables: tableNames,
    database: store,
    queue,
    wakeUps,
    clock,
    log,
    process: { id: randomUUID(), host: hostname(), pid: process.pid, startedAt: clock.now() },
    stopping: stopping.signal,
  }
  return { store, shared, stopping }
}

/** Joins the plugins to one program; their senders, policies and events go to the domain. */
function composeApp(
  { core, enabled, config, senders: plan, prices }: Settings,
  plugins: readonly AnyPlugin[],
  { store, shared }: Opened,
  closers: Closers,
) {
  const { db, confirm } = store
  const { log } = shared
  let senders: Senders | undefined
  let policies: readonly Policy[] = []
  closers.push(() => closeSenders(senders))
  const services = openServices({
    db,
    clock,
    senders: () => required(senders),
    policies: () => policies,
    prices,
    publicUrl: core.publicUrl,
  })
  const authenticate = openKeys(splitKeys(core.apiKeys))
  const app = compose(
    plugins,
    { ...shared, services },
    {
      enabled,
      config,
      settings: settingsSchema,
      contributed: (members) => {
        senders = openSenders(members, plan, {
          clock,
          log,
          publicUrl: core.publicUrl,
          storeReceipts: openStoring(shared),
        })
        policies = policiesOf(members)
        return openDeliveries(members, { db, owner: shared.process.id, clock, log })
      },
      base: baseServer({ log, clock, authenticate, confirm, about, errors: errorsOf(plugins, enabled) }),
      drainMs: core.drainSeconds * 1000,
    },
  )
  return { app, senders: required(senders) }
}

/** Wait for receipts to be stored: a sender that is closed waits for it, and a commit may wait for a standby that is gone. */
const STORED_WITHIN_MS = 2000

/** Storing receipts that come without a post: tried for as long as the database is down, and folded soon. */
function openStoring({ db, wakeUps, stopping, log }: Pick<Resources, 'db' | 'wakeUps' | 'stopping' | 'log'>) {
  const store = openInbox(db)
  return async (post: Post) => {
    const stored = untilDone(() => store(post), { clock, log, signal: stopping })
    const done = stored.then(() => wakeUps.notify('receipts'))
    await within(STORED_WITHIN_MS, done, clock)
  }
}

/** Listens for the API and the sites of plugins. A process that stops gives notice first, then ends servers and loops at once. */
function serve({ core }: Settings, app: ReturnType<typeof composeApp>['app'], log: Log, closers: Closers) {
  const { host, port } = core
  const keyless = splitKeys(core.apiKeys).length === 0
  const { publicUrl } = core
  if (keyless && publicUrl && !isLoopback(publicUrl) && app.server.routes.some(({ path }) => isHook(path)))
    log.warn(
      `PUBLIC_URL=${publicUrl} is set without API_KEYS: whoever reaches more than PUBLIC_URL/hooks through the proxy can read and send everything. Set API_KEYS.`,
    )
  const servers = openServers({ host, keyless, clock, log })
  let noticeSeconds = 0
  const stopServers = async () => {
    await clock.sleep(noticeSeconds * 1000)
    await servers.stop(core.drainSeconds)
  }
  closers.push(() => Promise.all([stopServers(), app.stop()]))
  return {
    url: servers.open({ port, setting: 'PORT' }, app.server.fetch, { isPublic }),
    sites: app.sites.map(({ title, fetch, publicUrl, ...place }) => ({
      title,
      url: servers.open(place, (request) => fetch(request, app.server.fetch), { publicUrl }),
    })),
    notice: (seconds: number) => {
      noticeSeconds = seconds
    },
  }
}

/** An address that no other machine can call. */
const isLoopback = (url: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(URL.parse(url)?.hostname ?? '')

/** Providers call these, by whatever name they reach the service; the signature of what they post is checked. */
const isHook = (path: string): boolean => path.startsWith('/hooks/')
/** Providers and recipients call these. */
const isPublic = (path: string): boolean => isHook(path) || path.startsWith('/u/')

function openOwnPresence({ shared, store }: Opened, plugins: readonly string[], senders: Senders) {
  const run = openPresence(store.db as never, shared, plugins, presentAs(senders))
  return supervise([{ plugin: 'core', loop: 'presence', run }], { clock, log: shared.log, drainMs: 1000 })
}

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
