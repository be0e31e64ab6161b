/** The program: reads the settings, starts the process, and stops it when it is told to. */
import { plugins } from '../plugins/index.ts'
import { banner } from './banner.ts'
import { describePlugins } from './compose.ts'
import { environment, readSettings } from './config.ts'
import { BootError } from './errors.ts'
import { type Started, start } from './start.ts'

/** A terminal, npm and the launcher each pass on one Ctrl-C: what comes within this time is the same request. */
const SAME_REQUEST_MS = 300

function stopOnSignals(started: Started, drainSeconds: number): void {
  let asked: number | undefined
  const onSignal = async (signal: NodeJS.Signals) => {
    if (asked !== undefined) {
      if (performance.now() - asked > SAME_REQUEST_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
      return
    }
    asked = performance.now()
    console.log(`Stopping: finishing the work in hand (at most ${drainSeconds} s); once more to stop at once`)
    try {
      await started.stop()
      process.exit(0)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--plugins')
  if (unknown)
    throw new BootError(`Unknown argument "${unknown}": the only one is --plugins; all else is set by variables`)
  if (args.includes('--plugins')) return console.log(describePlugins(plugins))
  const settings = readSettings(environment, plugins)
  const { core, enabled } = settings
  const started = await start(settings, plugins, process.stdout.isTTY === true)
  stopOnSignals(started, core.drainSeconds)
  console.log(
    banner({
      url: started.url,
      sites: started.sites,
      data: started.store.place,
      queue: started.queue,
      senders: `sms by ${core.smsSender}, whatsapp by ${core.whatsappSender}`,
      plugins: plugins.filter(({ name }) => enabled.includes(name)),
    }),
  )
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exit(1)
}
