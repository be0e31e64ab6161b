/** pg-boss: jobs in a table of their own, fetched, handed over and completed in batches, without a pause while there are more. */
import { PgBoss } from 'pg-boss'
import type { Message } from './business.ts'
import { type Order, serve } from './child.ts'

const QUEUE = 'send'

async function open({ url, pool }: Order): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, max: pool, useListenNotify: true })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  return boss
}

await serve({
  prepare: async (order) => {
    const boss = await open(order)
    await boss.createQueue(QUEUE, { partition: true, notify: true })
    await boss.stop()
  },
  producer: async (order) => {
    const boss = await open(order)
    return (messages) =>
      boss.insert(
        QUEUE,
        messages.map((data) => ({ data })),
      )
  },
  work: async (order, { many }) => {
    const boss = await open(order)
    const { batch, concurrency } = order
    const options = {
      batchSize: batch,
      localConcurrency: concurrency,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
      notifyPollingIntervalSeconds: 0.5,
    }
    await boss.work<Message>(QUEUE, options, (jobs) => many(jobs.map(({ data }) => data)))
  },
})
