/** One measurement of one peer: its processes on a fresh database, from the first enqueue to the last durable outcome. */
import type postgres from 'postgres'
import { until } from '../../../test/support/server-process-wait.ts'
import { type Ground, onceIn } from '../ground.ts'
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

/** @returns recipients a second, by the server's clock; every one of them is `sent` once, or this throws */
export async function race(
  ground: Pick<Ground, 'fresh'>,
  recipients: number,
  workers: number,
  { runtime, file, redis, tuning }: Entry,
): Promise<number> {
  const database = await ground.fresh()
  const order = { ...tuning, url: database.url, recipients, ...(redis && { redis }) }
  const start = (role: Order['role']) => startProgram(runtime, file, { ...order, role })
  const started: Program[] = []
  try {
    const producer = start('enqueue')
    started.push(producer)
    await producer.ready
    started.push(...Array.from({ length: workers }, () => start('work')))
    await Promise.all(started.map((one) => one.ready))
    return await onceIn(database.url, (sql) => run(sql, recipients, producer, started))
  } finally {
    for (const one of started) one.kill()
    await Promise.allSettled(started.map((one) => one.ended))
    await database.drop()
  }
}

async function run(sql: postgres.Sql, recipients: number, producer: Program, all: readonly Program[]) {
  await sql`insert into campaigns (name, channel, base_template, status) values ('Peer', 'sms', ${TEMPLATE}, 'sending')`
  const [start] = await sql<{ at: string }[]>`select clock_timestamp()::text as at`
  producer.go()
  let failure: unknown
  for (const one of all) {
    one.ended.catch((error) => {
      failure = error
    })
  }
  const isOver = () => {
    if (failure) throw failure
    return all.reduce((sum, one) => sum + one.done(), 0) >= recipients
  }
  await until('all are sent', isOver, OVER_WITHIN_MS)
  return recipients / (await judge(sql, recipients, start?.at ?? ''))
}
