/** Resources that a process opens once and its plugins share, each through its grant. */
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { Database } from '../messaging/schema.ts'
import type { Senders } from '../messaging/senders/contract.ts'
import type { Queue } from '../queue/queue.ts'
import type { WakeUps } from '../wakeups.ts'
import type { DatabaseCheck, ProcessInfo } from './plugin.ts'

export interface Resources {
  readonly db: Kysely<Database>
  readonly database: DatabaseCheck
  readonly queue: Queue
  readonly senders: Senders
  readonly wakeUps: WakeUps
  readonly clock: Clock
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>
  readonly process: ProcessInfo
  /** Aborts when the process is asked to stop. */
  readonly stopping: AbortSignal
}
