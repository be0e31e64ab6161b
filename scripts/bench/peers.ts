/**
 * Alternatives on the same work: one job for each recipient, and for each job one message row set to
 * `sent`, with its text and the provider's id, all of it durable. Each with the best settings that were found for it.
 */
import type { Tuning } from './peers/child.ts'
import { definePeer, type Peer } from './peers/peer.ts'
import type { Fsync } from './peers/redis-server.ts'
import { defaultOf } from './settings.ts'

export { measureBest, type Peer } from './peers/peer.ts'

const microBatches = ({ most, afterMs }: Tuning) =>
  `outcomes written by up to ${most}, or what there is after ${afterMs} ms`

const bullmqOffers =
  'Any kind of job, flows of parents and children, priorities, delays, repeats, rate limits, events, a choice of dashboards, and clients for Python, Elixir, PHP and more.'

/** Batches of 250 and 500 are slower than those of 2000; two loops in each of two processes are no faster than one. */
const control = (name: string, label: string, batch: number) =>
  definePeer({
    name,
    label,
    offers: 'Forty lines that anybody can read, with nothing to install and nothing to learn.',
    settings: (tuning) =>
      `a partial index on what is pending, batches of ${tuning.batch}, each claimed, sent and written in one transaction`,
    packages: [],
    file: 'control.ts',
    workers: 2,
    tuning: { step: 10_000, steps: 2, concurrency: 1, batch, pool: 1, most: 1, afterMs: 0 },
  })

const bullmqOnRedis = (fsync: Fsync) =>
  definePeer({
    name: `bullmq.redis.${fsync}`,
    label: `BullMQ on Redis, appendfsync ${fsync}`,
    offers: bullmqOffers,
    settings: (tuning) =>
      `appendonly yes, appendfsync ${fsync}, jobs removed when done, concurrency ${tuning.concurrency}; ${microBatches(tuning)}`,
    packages: ['bullmq', 'ioredis'],
    file: 'bullmq.ts',
    redis: fsync,
    workers: 2,
    // One Redis is what holds it up: concurrency 100, 200, 500 and 1000 differ less than two runs of one of them, and so
    // do one and two processes. Jobs are added by fewer, for Redis does nothing else while it takes in a transaction.
    tuning: { step: 1000, steps: 2, concurrency: 300, batch: 1, pool: 1, most: 100, afterMs: 2 },
  })

export const peers: readonly Peer[] = [
  definePeer({
    name: 'graphile-worker',
    label: 'Graphile Worker',
    offers:
      'Any kind of job, cron, jobs added from SQL and triggers, job keys that replace a waiting job, named queues in order, priorities.',
    settings: (tuning) =>
      `concurrentJobs ${tuning.concurrency}, localQueue.size ${tuning.batch}, completeJobBatchDelay 0, maxPoolSize ${tuning.pool}; ${microBatches(tuning)}`,
    packages: ['graphile-worker', 'pg'],
    file: 'graphile-worker.ts',
    workers: 2,
    // Its performance page has concurrency 24 and a local queue of 500. Here jobs wait for a COMMIT they share, so that
    // more at once is faster, up to about 1000; 100 was a third of that, 2000 and 3000 no better. Adding by SQL is no
    // faster than addJobs.
    tuning: { step: 10_000, steps: 2, concurrency: 1000, batch: 2000, pool: 10, most: 1000, afterMs: 5 },
  }),
  definePeer({
    name: 'pg-boss',
    label: 'pg-boss',
    offers:
      'Any kind of job, cron, publish and subscribe, dead-letter queues, throttling and debouncing, priorities, queue policies, a dashboard.',
    settings: (tuning) =>
      `a partition of its own, LISTEN and NOTIFY, batchSize ${tuning.batch}, localConcurrency ${tuning.concurrency}, burstWhenBatchFull, max ${tuning.pool}; each batch written in one statement`,
    packages: ['pg-boss'],
    file: 'pg-boss.ts',
    workers: 1,
    // Batches of 500, 1000 and 5000 were no faster, nor were 1, 3 and 4 fetches at once.
    tuning: { step: 10_000, steps: 1, concurrency: 2, batch: 2000, pool: 10, most: 1, afterMs: 0 },
  }),
  bullmqOnRedis('always'),
  bullmqOnRedis('everysec'),
  definePeer({
    name: 'bullmq.postgres',
    label: 'BullMQ on PostgreSQL',
    offers: bullmqOffers,
    settings: (tuning) =>
      `jobs removed when done, concurrency ${tuning.concurrency}, a pool of ${tuning.pool}; ${microBatches(tuning)}`,
    packages: ['bullmq', 'pg'],
    file: 'bullmq.ts',
    workers: 1,
    // A COMMIT for each job is what holds it up: neither more jobs at once, nor a pool of 50 or 80, nor a longer stream
    // of events made a difference; a pool of 10 and 30 jobs at once are slower.
    tuning: { step: 2000, steps: 2, concurrency: 100, batch: 1, pool: 20, most: 100, afterMs: 5 },
  }),
  control('control', 'A loop with SKIP LOCKED', 2000),
  control('control.window', 'The same loop, in batches of a window', defaultOf('WORKER_WINDOW')),
]
