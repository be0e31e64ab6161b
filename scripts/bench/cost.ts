/** Cost of a campaign: peak memory of each process, CPU time, bytes of WAL, and the share of HOT updates. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type postgres from 'postgres'
import type { Environment } from './environment.ts'
import type { Processes } from './processes.ts'
import { cpuSeconds, cpuSecondsOfFamily, peakMemory } from './procfs.ts'

export interface Usage {
  /** Seconds of CPU. */
  readonly product: number
  readonly postgres: number
  readonly broker: number
  readonly walBytes: number
}

export interface Peaks {
  /** Bytes of resident memory. */
  readonly api: number
  readonly scheduler: number
  /** Peak of the worker that took most. */
  readonly worker: number
}

export const peaksOf = ({ api, scheduler, workers }: Processes): Peaks => ({
  api: peakMemory(api.pid),
  scheduler: peakMemory(scheduler.pid),
  worker: Math.max(...workers.map(({ pid }) => peakMemory(pid))),
})

/** Process id of the server's first process. */
export const postmasterOf = ({ folder }: Environment['server']): number =>
  Number(readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])

/** Since the servers began: two readings tell what happened in between. */
export async function readUsage(
  { server, broker }: Environment,
  processes: Processes,
  sql: postgres.Sql,
): Promise<Usage> {
  const beam = Number(readFileSync(path.join(broker.folder, 'pid'), 'utf8'))
  const [wal] = await sql<{ bytes: number }[]>`select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`
  return {
    product: processes.members.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    postgres: cpuSecondsOfFamily(postmasterOf(server)),
    broker: cpuSecondsOfFamily(beam),
    walBytes: wal?.bytes ?? Number.NaN,
  }
}

export const usedBetween = (before: Usage, after: Usage): Usage => ({
  product: after.product - before.product,
  postgres: after.postgres - before.postgres,
  broker: after.broker - before.broker,
  walBytes: after.walBytes - before.walBytes,
})

/** Share of the updates of messages that touched no index. Backends tell it when they leave: ask when all have left. */
export async function hotShare(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ share: number | null }[]>`select n_tup_hot_upd::float8 / nullif(n_tup_upd, 0) as share
    from pg_stat_user_tables where relname = 'outbound_messages'`
  return row?.share ?? Number.NaN
}
