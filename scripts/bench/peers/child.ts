/**
 * A peer's program, in a process of its own: as the one that enqueues or as one that works. It and the benchmark talk in
 * lines: it says `ready`, the benchmark says `go`, it says `done N` as it gets on. Runs on Bun and on Node.
 */
import { on } from 'node:events'
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import { openBatcher } from './batcher.ts'
import { type Message, queueMessages, settle } from './business.ts'

export interface Tuning {
  /** Recipients that are enqueued in one call. */
  readonly step: number
  /** Calls to enqueue that are under way at once. */
  readonly steps: number
  /** Jobs at once in one process, or queries for jobs where they come in batches. */
  readonly concurrency: number
  /** Jobs that are fetched at once, where the peer can. */
  readonly batch: number
  /** The peer's own connections to the database, in one process. */
  readonly pool: number
  /** Limits of the micro-batcher. */
  readonly most: number
  readonly afterMs: number
}

export interface Order extends Tuning {
  readonly role: 'enqueue' | 'work'
  readonly url: string
  /** Undefined where the peer needs none. */
  readonly redis?: string
  /** All of them, those that warm up too. */
  readonly recipients: number
  /** The first so many are enqueued before the others, and not measured. */
  readonly warmUp: number
}

export interface PeerProgram {
  /** Makes the peer's tables. */
  prepare?(order: Order): Promise<void>
  /** @returns what puts jobs into the queue, one for each message */
  producer(order: Order): Promise<(messages: readonly Message[]) => Promise<unknown>>
  /** Works off what is queued, until the process is killed. Resolves when it has begun. */
  work(order: Order, tools: WorkTools): Promise<unknown>
}

/** One of the three is used. */
export interface WorkTools {
  /** Settles one message, together with others that come at about the same time. */
  one(message: Message): Promise<void>
  /** Settles a batch. */
  many(messages: readonly Message[]): Promise<void>
  /** Says that so many were settled, where the program does that itself. */
  count(done: number): void
}

const REPORT_EVERY_MS = 50

/** Runs this process as its order says. It ends with the benchmark. */
export async function serve(program: PeerProgram): Promise<void> {
  const order: Order = JSON.parse(process.argv[2] ?? '')
  const sql = postgres(order.url, { max: 8, onnotice: () => {} })
  const lines = createInterface({ input: process.stdin })
  lines.on('close', () => process.exit(1))
  await (order.role === 'enqueue' ? enqueue(program, order, sql, on(lines, 'line')) : work(program, order, sql))
}

/** @param orders `go` for those that warm up, where there are any, and `go` for the others */
async function enqueue(
  program: PeerProgram,
  order: Order,
  sql: postgres.Sql,
  orders: AsyncIterator<unknown>,
): Promise<void> {
  await program.prepare?.(order)
  const add = await program.producer(order)
  const rows = await sql<{ id: number }[]>`select id from customers order by id limit ${order.recipients}`
  const ids = rows.map(({ id }) => id)
  console.log('ready')
  for (const part of [ids.slice(0, order.warmUp), ids.slice(order.warmUp)]) {
    if (part.length === 0) continue
    await orders.next()
    let next = 0
    const lane = async () => {
      while (next < part.length) {
        const at = next
        next += order.step
        await add(await queueMessages(sql, part.slice(at, next)))
      }
    }
    await Promise.all(Array.from({ length: order.steps }, lane))
  }
  process.exit(0) // the peer's connections would keep it
}

async function work(program: PeerProgram, order: Order, sql: postgres.Sql): Promise<void> {
  let done = 0
  let reported = 0
  const count = (more: number) => {
    done += more
  }
  const many = async (messages: readonly Message[]) => {
    await settle(sql, messages)
    count(messages.length)
  }
  await program.work(order, { one: openBatcher(many, order), many, count })
  console.log('ready')
  setInterval(() => {
    if (done > reported) console.log(`done ${done}`)
    reported = done
  }, REPORT_EVERY_MS)
}
