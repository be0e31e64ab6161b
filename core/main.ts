/** The program: reads the settings, starts the process, and stops it on a signal. */
import './config/production.ts'
import path from 'node:path'
import { plugins as builtIn } from '../plugins/index.ts'
import { environment, readDashboardSettings } from './config/config.ts'
import { flags, usage } from './config/usage.ts'
import { LOG_FILE } from './db/private-folder.ts'
import { BootError } from './errors.ts'
import { banner } from './host/banner.ts'
import { describePlugins } from './host/compose.ts'
import { watchLauncher } from './host/launcher.ts'
import { loadPlugins } from './host/load.ts'
import type { AnyPlugin } from './host/plugin.ts'
import { hookUrlOf } from './messaging/senders/hook.ts'
import { describeRoutes } from './messaging/senders/plan.ts'
import { readSettings, type Settings, settingsSchema } from './messaging/settings.ts'
import { type Started, start } from './start.ts'

const PURPOSE = 'Sends personalised SMS and WhatsApp campaigns, and accounts for every recipient.'

/** A terminal, npm and the launcher each pass on one Ctrl-C: what comes within this time is the same request. */
const SAME_REQUEST_MS = 300

/** @returns stops the process too: for who asks in another way */
function stopOnSignals(
  started: Started,
  { drainSeconds, drainNoticeSeconds }: Settings['core'],
  before: () => Promise<unknown>,
): () => Promise<void> {
  let asked: number | undefined
  const stop = async (noticeSeconds: number) => {
    try {
      await before()
      console.log(`Stopping: finishing the work in flight (at most ${drainSeconds} s); once more to stop at once`)
      await started.stop(noticeSeconds)
      process.exit(0)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  }
  const onSignal = async (signal: NodeJS.Signals) => {
    if (asked !== undefined) {
      if (performance.now() - asked > SAME_REQUEST_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
      return
    }
    asked = performance.now()
    // A person at a terminal has no load balancer to wait for.
    await stop(signal === 'SIGTERM' ? drainNoticeSeconds : 0)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return async () => {
    if (asked !== undefined) return
    asked = performance.now()
    await stop(0)
  }
}

function tell({ core, enabled, senders }: Settings, plugins: readonly AnyPlugin[], started: Started): void {
  console.log(
    banner({
      url: started.url,
      sites: started.sites,
      data: started.store.place,
      queue: started.queue,
      hooks: core.publicUrl === undefined ? undefined : hookUrlOf(core.publicUrl, '{sender}'),
      senders: describeRoutes(senders),
      plugins: plugins.filter(({ name }) => enabled.includes(name)),
    }),
  )
}

/** The server with its dashboard: when that is quit, the server stops. */
async function runWithDashboard(settings: Settings, plugins: readonly AnyPlugin[]): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new BootError('--tui needs a terminal')
  const { core } = settings
  const { openLocalLog } = await import('../tui/local.ts')
  const file = path.resolve(core.dataDir, LOG_FILE)
  const log = openLocalLog(file)
  console.log(`Starting; the log goes to ${file}`)
  const started = await start(settings, plugins, false, log.stream)
  const { key, plain } = readDashboardSettings()
  const dashboard = await log.open({ url: started.url, key, plain })
  const stop = stopOnSignals(started, core, () => {
    dashboard.close()
    return dashboard.closed
  })
  await dashboard.closed.catch((error) => console.error(error))
  await stop()
}

async function main(args: readonly string[]): Promise<void> {
  const plugins = await loadPlugins(builtIn, environment.PLUGINS, { entry: () => import('./plugin.ts') })
  if (args.includes('--help') || args.includes('-h')) return console.log(usage(plugins, settingsSchema, PURPOSE))
  const unknown = args.find((arg) => !Object.hasOwn(flags, arg))
  if (unknown !== undefined)
    throw new BootError(
      `Unknown argument ${JSON.stringify(unknown)}: there are ${Object.keys(flags).join(', ')}; all else is set by variables`,
    )
  if (args.includes('--plugins')) return console.log(describePlugins(plugins))
  watchLauncher(environment.CAMPAIGN_DISPATCH_LAUNCHER, () => process.kill(process.pid, 'SIGTERM'))
  const settings = readSettings(environment, plugins)
  if (args.includes('--tui')) return runWithDashboard(settings, plugins)
  const started = await start(settings, plugins, process.stdout.isTTY === true)
  stopOnSignals(started, settings.core, async () => {})
  tell(settings, plugins, started)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exit(1)
}
