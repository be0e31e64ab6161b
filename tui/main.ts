/** `npm run tui`: the dashboard of a server that runs elsewhere; in a pipe, one snapshot. */
import '../core/config/production.ts'
import { readDashboardSettings } from '../core/config/config.ts'
import { openClient, takeSnapshot } from './api.ts'
import { loadDashboard } from './load.ts'
import { type Options, readOptions, usage } from './options.ts'

async function printSnapshot({ url, key }: Options): Promise<number> {
  const result = await takeSnapshot(openClient(url, key))
  if (result.ok) {
    console.log(JSON.stringify(result.data, null, 2))
    return 0
  }
  console.error(`Cannot take a snapshot of ${url}: ${result.message}`)
  return 1
}

async function main(): Promise<number> {
  const settings = readDashboardSettings()
  const options = readOptions(process.argv.slice(2), settings)
  if (options.help) {
    console.log(usage)
    return 0
  }
  if (!process.stdout.isTTY || !process.stdin.isTTY) return printSnapshot(options)
  const { openDashboard } = await loadDashboard()
  await openDashboard({ ...options, plain: settings.plain }).closed
  return 0
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
