/** One measurement of one peer: its processes on a fresh database, from the first enqueue to the last durable outcome. */
import type postgres from 'postgres'
import { until } from '../../../test/support/server-process-wait.ts'
import { type Environment, onceIn } from '../environment.ts'
import { judge, TEMPLATE } from './business.ts'
import type { Order, Tuning } from './child.ts'
import { type Program, startProgram } from './program.ts'

export interface Entry {
  /** Node or Bun. */
  readonly runtime: string
  /** The peer's program, beside this file. */
  readonly file: string
  readonly redis?: string
  readonly tuning: Tuning
}

const OVER_WITHIN_MS = 900_000

export interface Work {
  readonly recipients: number
  /** Recipients that go before, and are not measured. */
  readonly warmUp: number
  /** Processes. */
  readonly workers: number
}

/** @returns recipients a second, by the server's clock; every one of them is `sent` once, or this throws */
export async function race(
  environment: Pick<Environment, 'fresh'>,
  { recipients, warmUp, workers }: Work,
  { runtime, file, redis, tuning }: Entry,
): Promise<number> {
  const all = warmUp + recipients
  const database = await environment.fresh(all)
  const order = { ...tuning, url: database.url, recipients: all, warmUp, ...(redis && { redis }) }
  const start = (role: Order['role']) => startProgram(runtime, file, { ...order, role })
  const started: Program[] = []
  try {
    const producer = start('enqueue')
    started.push(producer)
    await producer.ready
    started.push(...Array.from({ length: workers }, () => start('work')))
    await Promise.all(started.map((one) => one.ready))
    return await onceIn(database.url, (sql) => run(sql, order, producer, started))
  } finally {
    for (const one of started) one.kill()
    await Promise.allSettled(started.map((one) => one.ended))
    await database.drop()
  }
}

async function run(
  sql: postgres.Sql,
  { recipients, warmUp }: Pick<Order, 'recipients' | 'warmUp'>,
  producer: Program,
  all: readonly Program[],
): Promise<number> {
  await sql`insert into campaigns (name, channel, base_template, status) values ('Peer', 'sms', ${TEMPLATE}, 'sending')`
  let failure: unknown
  for (const one of all) {
    one.ended.catch((error) => {
      failure = error
    })
  }
  const sendUpTo = async (count: number) => {
    const isOver = () => {
      if (failure) throw failure
      return all.reduce((sum, one) => sum + one.done(), 0) >= count
    }
    producer.go()
    await until(`${count} are sent`, isOver, OVER_WITHIN_MS)
  }
  if (warmUp > 0) await sendUpTo(warmUp)
  const [start] = await sql<{ at: string }[]>`select clock_timestamp()::text as at`
  await sendUpTo(recipients)
  return (recipients - warmUp) / (await judge(sql, recipients, start?.at ?? ''))
}
