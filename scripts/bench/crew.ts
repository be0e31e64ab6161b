/** Our processes, as a user runs them: one for the API, one for the scheduler, one for each worker. */
import type { ServerProcess, ServerSettings } from '../../test/support/server-process.ts'
import { startServer } from '../../test/support/server-process.ts'
import type { FreshDatabase, Ground } from './ground.ts'
import type { QueueName } from './keys.ts'

export interface CrewOptions {
  readonly queue: QueueName
  readonly workers: number
  readonly settings?: ServerSettings
}

export interface Crew {
  readonly api: ServerProcess
  readonly scheduler: ServerProcess
  readonly workers: readonly ServerProcess[]
  /** All of them. */
  readonly members: readonly ServerProcess[]
  /** Starts one more, of these plugins. */
  hire(plugins: string): Promise<ServerProcess>
  /** Ends them in order. */
  dismiss(): Promise<void>
}

export const API = 'campaigns,control,customers,preview,stats,health'

/** The mock takes everything at once, and nothing is written to the log that is no warning. */
export async function settingsFor(ground: Ground, database: FreshDatabase, queue: QueueName): Promise<ServerSettings> {
  return {
    DATABASE_URL: database.url,
    ...(queue === 'rabbitmq' && { RABBITMQ_URL: await ground.vhost(database.name) }),
    LOG_LEVEL: 'warn',
    MOCK_SUCCESS_RATE: '1',
  }
}

export async function startCrew(ground: Ground, database: FreshDatabase, options: CrewOptions): Promise<Crew> {
  const settings = { ...(await settingsFor(ground, database, options.queue)), ...options.settings }
  const members: ServerProcess[] = []
  const hire = async (plugins: string) => {
    const member = await startServer({ ...settings, PLUGINS: plugins })
    members.push(member)
    return member
  }
  const [api, scheduler, ...workers] = await Promise.all([
    hire(API),
    hire('scheduler,health'),
    ...Array.from({ length: options.workers }, () => hire('worker,health')),
  ])
  return {
    api,
    scheduler,
    workers,
    members,
    hire,
    dismiss: async () => void (await Promise.all(members.map((one) => one.end()))),
  }
}
