/** The control: what a competent engineer writes in an afternoon. The message rows are the queue, claimed with SKIP LOCKED. */
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { type Message, settle } from './business.ts'
import { type Order, serve } from './child.ts'

const POLL_MS = 10

/** Claims, sends and writes down one batch, in one transaction. @returns how many there were */
function runOnce(sql: postgres.Sql, batch: number): Promise<number> {
  return sql.begin(async (trx) => {
    const messages = await trx<Message[]>`select id, customer_id as customer from outbound_messages
      where status = 'pending' order by id limit ${batch} for update skip locked`
    if (messages.length > 0) await settle(trx, messages)
    return messages.length
  })
}

async function loop({ url, batch }: Order, count: (done: number) => void): Promise<never> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  for (;;) {
    const done = await runOnce(sql, batch)
    count(done)
    if (done === 0) await sleep(POLL_MS)
  }
}

await serve({
  prepare: async ({ url }) => {
    const sql = postgres(url, { max: 1 })
    // Without it each claim reads past every message that is done.
    await sql`create index on outbound_messages (id) where status = 'pending'`
    await sql.end()
  },
  producer: async () => async () => {},
  work: async (order, { count }) => {
    for (let nth = 0; nth < order.concurrency; nth++) void loop(order, count)
  },
})
