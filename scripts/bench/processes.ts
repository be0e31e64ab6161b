/** Our processes, as a user runs them: one for the API, one for the scheduler, one for each worker. */
import type { ServerProcess, ServerSettings } from '../../test/support/server-process.ts'
import { startServer } from '../../test/support/server-process.ts'
import type { Environment, FreshDatabase } from './environment.ts'
import type { QueueName } from './keys.ts'

export interface ProcessOptions {
  readonly queue: QueueName
  readonly workers: number
  readonly settings?: ServerSettings
}

export interface Processes {
  readonly api: ServerProcess
  readonly scheduler: ServerProcess
  readonly workers: readonly ServerProcess[]
  /** All of them. */
  readonly members: readonly ServerProcess[]
  /** Starts one more, of these plugins. */
  start(plugins: string): Promise<ServerProcess>
  /** Ends them in order. */
  stop(): Promise<void>
}

export const API = 'campaigns,control,customers,preview,senders,stats,health'

/** The mock takes everything at once, and nothing is written to the log that is no warning. */
export async function settingsFor(
  environment: Environment,
  database: FreshDatabase,
  queue: QueueName,
): Promise<ServerSettings> {
  return {
    DATABASE_URL: database.url,
    ...(queue === 'rabbitmq' && { RABBITMQ_URL: await environment.vhost(database.name) }),
    LOG_LEVEL: 'warn',
    MOCK_SUCCESS_RATE: '1',
    MOCK_RECEIPTS: 'off',
  }
}

export async function startProcesses(
  environment: Environment,
  database: FreshDatabase,
  options: ProcessOptions,
): Promise<Processes> {
  const settings = { ...(await settingsFor(environment, database, options.queue)), ...options.settings }
  const members: ServerProcess[] = []
  const start = async (plugins: string) => {
    const member = await startServer({ ...settings, PLUGINS: plugins })
    members.push(member)
    return member
  }
  const [api, scheduler, ...workers] = await Promise.all([
    start(API),
    start('scheduler,health'),
    ...Array.from({ length: options.workers }, () => start('worker,health')),
  ])
  return {
    api,
    scheduler,
    workers,
    members,
    start,
    stop: async () => void (await Promise.all(members.map((one) => one.end()))),
  }
}
