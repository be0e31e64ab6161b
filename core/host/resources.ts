/** Resources that a process opens once and its plugins share, each through its grant. */
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Tables } from '../db/tables.ts'
import type { Queue } from '../queue/queue.ts'
import type { WakeUps } from '../wakeups.ts'
import type { Transport } from './net.ts'
import type { DatabaseCheck, ProcessInfo, Table } from './plugin.ts'
import type { OpenServices } from './services.ts'

export interface Resources {
  readonly db: Kysely<Tables>
  /** Names of the tables that plugins may be granted. */
  readonly tables: readonly Table[]
  readonly database: DatabaseCheck
  readonly queue: Queue
  readonly services: OpenServices
  readonly wakeUps: WakeUps
  /** Makes the calls of plugins that talk to other hosts; by default the platform's. */
  readonly fetch?: Transport
  readonly clock: Clock
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>
  readonly process: ProcessInfo
  /** Aborts when the process is asked to stop. */
  readonly stopping: AbortSignal
}
