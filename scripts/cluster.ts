/**
 * `npm run cluster`: the processes of docker-compose.yml with their environment, without Docker. PostgreSQL and RabbitMQ
 * are throwaway servers from the programs on this machine; worker runs twice. With `--provider`, messages go to a fake of
 * that provider. Ctrl-C stops all.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { styleText } from 'node:util'
import { BootError } from '../core/errors.ts'
import { ownUrl } from '../core/http/own-url.ts'
import { postgresBinaries, startPostgres } from '../test/support/postgres.ts'
import { type FakeKind, startFakeSender } from '../test/support/providers/fake-sender.ts'
import { releaseFakes } from '../test/support/providers/process.ts'
import { rabbitmqBinaries, startRabbitmq } from '../test/support/rabbitmq.ts'
import { listServices, type Service } from './cluster/compose.ts'
import { clusterEnvironment, clusterPlaces } from './cluster/environment.ts'
import { providerUsage, readProviderOption } from './support/provider-option.ts'

const USAGE = `npm run cluster [-- OPTIONS]
The processes of docker-compose.yml on temporary PostgreSQL and RabbitMQ servers, without Docker. Ctrl-C stops all.

${providerUsage}`
const colours = ['cyan', 'green', 'yellow', 'magenta', 'blue'] as const
const copies: Readonly<Record<string, number>> = { worker: 2 }
const apiKey = process.env.API_KEYS || crypto.randomUUID().replaceAll('-', '')
const provider = readProvider()

if (!postgresBinaries || !rabbitmqBinaries) {
  console.error('The cluster needs the programs of a PostgreSQL and a RabbitMQ server on this machine')
  process.exit(1)
}
console.log('Starting PostgreSQL and RabbitMQ ...')
const [postgres, rabbitmq] = await Promise.all([
  startPostgres({ binaries: postgresBinaries, durable: true }),
  startRabbitmq({ binaries: rabbitmqBinaries }),
])

const { host, port, consolePort } = clusterPlaces(process.env)
const fake = provider && (await startFakeSender(provider, ownUrl(host, Number(port)), {}, {}))
const variables = {
  ...process.env,
  API_KEYS: apiKey,
  // At least twice the longest call of any provider.
  ...(fake && { WORKER_LEASE_SECONDS: process.env.WORKER_LEASE_SECONDS || '60', ...fake.environment }),
}
const servers = { databaseUrl: postgres.url('postgres'), rabbitmqUrl: rabbitmq.url }

function readProvider(): FakeKind | undefined {
  try {
    const { provider, help } = readProviderOption('npm run cluster', process.argv.slice(2))
    if (!help) return provider
    console.log(USAGE)
    process.exit(0)
  } catch (error) {
    if (!(error instanceof BootError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

function run(service: Service, title: string, nth: number): ChildProcess {
  const args = (service.command ?? ['bun', 'core/main.ts']).slice(1)
  const child = spawn(process.execPath, ['--no-env-file', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...clusterEnvironment(service, variables, servers), ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    // A group of its own, so that Ctrl-C comes from here, once.
    detached: true,
  })
  const prefix = styleText(colours[nth % colours.length] ?? 'white', title.padEnd(10))
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => line && console.log(`${prefix} ${line}`))
  return child
}

const services = listServices(variables).filter(({ image }) => image === 'campaign-dispatch')
const processes: { title: string; child: ChildProcess; exited: Promise<unknown> }[] = []
let stopping: Promise<void> | undefined

async function stop(code: number): Promise<void> {
  for (const { child } of processes) child.kill('SIGTERM')
  await Promise.all(processes.map(({ exited }) => exited))
  await Promise.all([postgres.dispose(), rabbitmq.dispose(), releaseFakes()])
  process.exit(code)
}
const stopOnce = (code: number) => (stopping ??= stop(code))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopOnce(0))

const migrate = services.find(({ name }) => name === 'migrate')
if (migrate) {
  const [code] = await once(run(migrate, 'migrate', 0), 'exit')
  if (code !== 0) await stopOnce(1)
}
for (const service of services.filter((one) => one !== migrate))
  for (let copy = 1; copy <= (copies[service.name] ?? 1) && !stopping; copy++) {
    const title = copies[service.name] ? `${service.name} ${copy}` : service.name
    const child = run(service, title, processes.length)
    const exited = once(child, 'exit').then(([code]) => {
      console.log(`${title} ended with ${code}`)
      if (!stopping) void stopOnce(1)
    })
    processes.push({ title, child, exited })
  }
console.log(
  `\n${fake ? `Fake ${provider}, the sender main: ${fake.fake.url}\n` : ''}API: ${ownUrl(host, Number(port))}  with the header  Authorization: Bearer ${apiKey}\nConsole: ${ownUrl(host, Number(consolePort))}  which asks for the key\nCtrl-C stops all.\n`,
)
