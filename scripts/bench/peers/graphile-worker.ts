/** Graphile Worker, as its own performance page sets it up: a local queue that fetches many, completions in batches. */
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import type { Message } from './business.ts'
import { type Order, serve } from './child.ts'

const TASK = 'send'
const quiet = new Logger(() => () => {})

await serve({
  prepare: ({ url }) => runMigrations({ connectionString: url, logger: quiet }),
  producer: async ({ url }) => {
    const utils = await makeWorkerUtils({ pgPool: new Pool({ connectionString: url, max: 4 }), logger: quiet })
    return (messages) => utils.addJobs(messages.map((payload) => ({ identifier: TASK, payload })))
  },
  work: ({ url, concurrency, batch, pool }: Order, { one }) =>
    run({
      preset: {
        worker: {
          connectionString: url,
          concurrentJobs: concurrency,
          maxPoolSize: pool,
          localQueue: { size: batch },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          logger: quiet,
        },
      },
      noHandleSignals: true,
      taskList: { [TASK]: (payload) => one(payload as Message) },
    }),
})
