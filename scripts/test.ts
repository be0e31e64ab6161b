/**
 * Runs the tests: `bun test` with the arguments given, or all of them, shut off from the project's .env. Ends processes
 * that the tests left running, says what was left out, and ends with the tests' own exit code. `--newest` runs the tests of
 * the servers, or those that are named, in a newer Debian: see support/newest.ts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { chromiumAvailable } from '../test/support/browser.ts'
import { nginxAvailable } from '../test/support/nginx.ts'
import { postgresAvailable } from '../test/support/postgres.ts'
import { rabbitmqAvailable } from '../test/support/rabbitmq.ts'
import { endLeftovers } from './check/leftovers.ts'
import { runOnNewest } from './support/newest.ts'

const mark = `CAMPAIGN_DISPATCH_TEST_RUN=${crypto.randomUUID()}`
const [name = '', value = ''] = mark.split('=')

/** Milliseconds for one test: a machine at work on other things may need seconds for the first database alone. */
const TIMEOUT = 60_000

/**
 * Tests of whole processes wait more than they work, so two lanes of them run side by side. What else has processes of its
 * own, browsers or terminals goes with the first, the rest with the second: both take about as long.
 */
function lanes(): string[][] {
  const files = [...new Bun.Glob('test/**/*.test.{ts,tsx}').scanSync()].sort()
  const flow = files.filter((file) => file.startsWith('test/flow/'))
  const apart = files.filter((file) => /^test\/(scripts|tui)\//.test(file))
  const first = [...flow.filter((_, nth) => nth % 2 === 0), ...apart]
  return [first, files.filter((file) => !first.includes(file))]
}

/** @param later what it prints is kept until it has ended */
async function run(args: readonly string[], later: boolean): Promise<number> {
  const tests = spawn(process.execPath, ['--no-env-file', 'test', `--timeout=${TIMEOUT}`, ...args], {
    stdio: ['inherit', later ? 'pipe' : 'inherit', later ? 'pipe' : 'inherit'],
    env: { ...process.env, [name]: value },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tests.kill(signal))
  const printed: Buffer[] = []
  for (const stream of [tests.stdout, tests.stderr]) stream?.on('data', (part: Buffer) => printed.push(part))
  await once(tests, 'close')
  kept.push(Buffer.concat(printed))
  return tests.signalCode ? 128 + constants.signals[tests.signalCode] : (tests.exitCode ?? 1)
}

/** Tests that meet a real PostgreSQL and RabbitMQ, and need no Node, browser or proxy. */
const serverTests = [
  'test/dispatch',
  'test/support',
  ...['broker', 'contract', 'control', 'kill', 'law', 'schedule', 'shutdown'].map(
    (name) => `test/flow/${name}.test.ts`,
  ),
]

const kept: Buffer[] = []
const newest = process.argv.includes('--newest')
const given = process.argv.slice(2).filter((arg) => arg !== '--newest')
if (newest)
  process.exit(await runOnNewest(['--no-env-file', 'scripts/test.ts', ...(given.length > 0 ? given : serverTests)]))
const runs = given.length > 0 ? [run(given, false)] : lanes().map((files, nth) => run(files, nth > 0))
const codes = await Promise.all(runs)
for (const printed of kept) process.stderr.write(printed)

for (const leftover of endLeftovers(mark)) console.error(`Left running by the tests, and killed: ${leftover}`)
if (!postgresAvailable) {
  console.error('Left out: the tests on PostgreSQL, since this machine has no PostgreSQL server.')
}
if (!rabbitmqAvailable) {
  console.error('Left out: the tests on RabbitMQ, since this machine has no RabbitMQ server.')
}
if (!chromiumAvailable) {
  console.error('Left out: the tests of the web console in a browser, since this machine has no Chromium.')
}
if (!nginxAvailable) {
  console.error('Left out: the tests of the web console behind a reverse proxy, since this machine has no nginx.')
}
process.exit(Math.max(...codes))
