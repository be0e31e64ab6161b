/** Time from the start of a process with all plugins to its first healthy answer. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { releaseServers, type ServerSettings, startServer } from '../../test/support/server-process.ts'
import { emptyFolder, releaseFolders } from '../../test/support/server-process-folder.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import { type Bench, takeTurns } from './part.ts'

const run = promisify(execFile)
const migrate = fileURLToPath(new URL('../migrate.ts', import.meta.url))
const quiet = { LOG_LEVEL: 'warn' } as const

export async function runStartup(bench: Bench): Promise<void> {
  const { plan, note, say } = bench
  const contender = (name: string, measure: () => Promise<readonly [number, number]>) => ({
    name: `start, ${name}`,
    rounds: plan.startup.rounds,
    run: async () => {
      const [first, second] = await measure()
      note(`startup.${name}.first.ms`, first)
      note(`startup.${name}.second.ms`, second)
      return `${write(first, 'ms')} the first time, ${write(second, 'ms')} the second`
    },
  })
  try {
    await takeTurns([contender('embedded', measureEmbedded), contender('servers', () => measureServers(bench))], say)
  } finally {
    await releaseServers()
    await releaseFolders()
  }
}

async function startAndEnd(settings: ServerSettings): Promise<number> {
  const server = await startServer(settings)
  await server.end()
  return server.readyMs
}

/** The first time makes the database and fills in the sample data. */
async function measureEmbedded(): Promise<readonly [number, number]> {
  const settings = { ...quiet, DATA_DIR: await emptyFolder() }
  return [await startAndEnd(settings), await startAndEnd(settings)]
}

let databases = 0

/** On PostgreSQL and RabbitMQ; the first time is `npm run migrate` and the start. */
async function measureServers({ environment }: Bench): Promise<readonly [number, number]> {
  const name = `startup_${++databases}`
  await onceIn(environment.server.url(), (sql) => sql`create database ${sql(name)}`)
  const settings = { ...quiet, DATABASE_URL: environment.server.url(name), RABBITMQ_URL: await environment.vhost(name) }
  const begun = performance.now()
  await run(process.execPath, ['--no-env-file', migrate], { env: { PATH: process.env.PATH ?? '', ...settings } })
  const migrated = performance.now() - begun
  const times = [migrated + (await startAndEnd(settings)), await startAndEnd(settings)] as const
  await onceIn(environment.server.url(), (sql) => sql`drop database ${sql(name)}`)
  return times
}
