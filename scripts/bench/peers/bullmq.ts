/** BullMQ, on Redis where there is one, and else on PostgreSQL. Finished jobs are removed, as its guide advises. */
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq'
import { Pool } from 'pg'
import type { Message } from './business.ts'
import { type Order, serve } from './child.ts'

const QUEUE = 'send'
const remove = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } }

const onPostgres = ({ url, pool }: Order) => ({
  connection: { connectionString: url, max: pool },
})
const onRedis = (url: string) => ({ connection: { url, maxRetriesPerRequest: null } })

await serve({
  prepare: async ({ url, redis }) => {
    if (redis) return
    const pool = new Pool({ connectionString: url, max: 1 })
    const client = await pool.connect()
    await runMigrations(client)
    client.release()
    await pool.end()
  },
  producer: async (order) => {
    const queue = order.redis
      ? new Queue(QUEUE, onRedis(order.redis))
      : new Queue(QUEUE, onPostgres(order), createPostgresBackend)
    await queue.waitUntilReady()
    const opts = { removeOnComplete: true, removeOnFail: true }
    return (messages) => queue.addBulk(messages.map((data) => ({ name: 'send', data, opts })))
  },
  work: async (order, { one }) => {
    const { redis, concurrency } = order
    const run = (job: { data: Message }) => one(job.data)
    const worker = redis
      ? new Worker(QUEUE, run, { ...onRedis(redis), ...remove, concurrency })
      : new Worker(QUEUE, run, { ...onPostgres(order), ...remove, concurrency }, createPostgresBackend)
    worker.on('error', (error) => console.error(error))
    await worker.waitUntilReady()
  },
})
