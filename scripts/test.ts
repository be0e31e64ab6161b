/**
 * Runs the tests: `bun test` with the arguments given, shut off from the project's .env. Ends processes that the tests
 * left running, says what was left out, and ends with the tests' own exit code.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { postgresAvailable } from '../test/support/postgres.ts'
import { rabbitmqAvailable } from '../test/support/rabbitmq.ts'
import { endLeftovers } from './check/leftovers.ts'

const mark = `CAMPAIGN_DISPATCH_TEST_RUN=${crypto.randomUUID()}`
const [name = '', value = ''] = mark.split('=')

/** Milliseconds for one test: a machine at work on other things may need seconds for the first database alone. */
const TIMEOUT = 60_000

const args = ['--no-env-file', 'test', `--timeout=${TIMEOUT}`, ...process.argv.slice(2)]
const tests = spawn(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, [name]: value },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tests.kill(signal))
await once(tests, 'exit')

for (const leftover of endLeftovers(mark)) console.error(`Left running by the tests, and killed: ${leftover}`)
if (!postgresAvailable) {
  console.error('Left out: the tests on PostgreSQL, since this machine has no PostgreSQL server.')
}
if (!rabbitmqAvailable) {
  console.error('Left out: the tests on RabbitMQ, since this machine has no RabbitMQ server.')
}
process.exit(tests.signalCode ? 128 + constants.signals[tests.signalCode] : (tests.exitCode ?? 1))
