/**
 * Runs the tests: `bun test` with the arguments given, or all of them in several workers, shut off from the project's .env.
 * Ends processes that the tests left running, says what was left out, and ends with the tests' own exit code. `--newest`
 * runs the tests of the servers, or those that are named, in a newer Debian: see support/newest.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { chromiumAvailable } from '../test/support/browser.ts'
import { nginxAvailable } from '../test/support/nginx.ts'
import { postgresAvailable } from '../test/support/postgres.ts'
import { rabbitmqAvailable } from '../test/support/rabbitmq.ts'
import { endLeftovers } from './check/leftovers.ts'
import { forwardSignals } from './support/forward-signals.ts'
import { runOnNewest } from './support/newest.ts'

const mark = `CAMPAIGN_DISPATCH_TEST_RUN=${crypto.randomUUID()}`
const [name = '', value = ''] = mark.split('=')

/** Milliseconds for one test: a machine at work on other things may need seconds for the first database alone. */
const TIMEOUT = 60_000

/**
 * Milliseconds that each file takes, by which Bun gives the slowest files out first and the rest to whoever is free:
 * `npm test -- --update-timings` measures all of them anew.
 */
const TIMINGS = 'test/timings.json'

/** Whole processes wait as well as work: one worker for each of two cores keeps both busy. */
const WORKERS = 2

/** Servers and databases outlast a file: the files of one worker share its modules. */
const everything = [`--parallel=${WORKERS}`, '--no-isolate', `--timings=${TIMINGS}`]

/** @returns the exit code */
async function run(args: readonly string[]): Promise<number> {
  let tests: ChildProcess
  forwardSignals(() => tests)
  tests = spawn(process.execPath, ['--no-env-file', 'test', `--timeout=${TIMEOUT}`, ...args], {
    stdio: 'inherit',
    env: { ...process.env, [name]: value },
  })
  await once(tests, 'close')
  return tests.signalCode ? 128 + constants.signals[tests.signalCode] : (tests.exitCode ?? 1)
}

/** Tests that meet a real PostgreSQL and RabbitMQ, and need no Node, browser or proxy. */
const serverTests = [
  'test/dispatch',
  'test/support',
  ...['broker', 'contract', 'control', 'invariant', 'kill', 'schedule', 'shutdown'].map(
    (name) => `test/flow/${name}.test.ts`,
  ),
]

const newest = process.argv.includes('--newest')
const given = process.argv.slice(2).filter((arg) => arg !== '--newest')
if (newest)
  process.exit(await runOnNewest(['--no-env-file', 'scripts/test.ts', ...(given.length > 0 ? given : serverTests)]))
const remeasured = given.includes('--update-timings')
const code = await run(given.length > 0 && !remeasured ? given : [...everything, ...given])

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
process.exit(code)
