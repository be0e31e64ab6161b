/** Processes that share a campaign and are killed, stopped or cut off while it is sent. */
import type { ServerProcess, ServerSettings } from '../../test/support/server-process.ts'
import { openRandom } from '../../test/support/server-process-wait.ts'
import { openTrial, type Trial } from './campaign.ts'
import type { Outcome } from './cell.ts'
import { breaches } from './invariant.ts'
import { openProcesses, type Processes } from './processes.ts'
import { CONCURRENCY, type Stage, WINDOW } from './stage.ts'

export const API = 'campaigns,control,customers,preview,senders,stats,health'
export const SCHEDULER = 'scheduler,health'
export const WORKER = 'worker,health'

/** Rows that one worker process may leave in doubt. */
export const IN_HAND = WINDOW * CONCURRENCY

/** Bytes that a process may hold: twice what one takes that has sent 50,000. */
const MOST_MEMORY = 400 * 2 ** 20

export interface Battle {
  readonly stage: Stage
  readonly trial: Trial
  readonly processes: Processes
  readonly workers: ServerProcess[]
  readonly schedulers: ServerProcess[]
  /** Processes that may be killed, and that answer for figures. */
  readonly apis: ServerProcess[]
  /** Uniform in [0, 1), the same for the same seed. */
  random(): number
}

export interface BattleOptions {
  readonly seed: number
  readonly workers?: number
  readonly schedulers?: number
  /** For every process but the API that is read from. */
  readonly settings?: ServerSettings
  /** Befalls all before the campaign is sent. */
  readonly before?: () => Promise<unknown>
}

/**
 * Sends a campaign to all, lets `work` do its worst while it runs, and audits what comes of it.
 * @param work answers how many rows its faults may have left in doubt
 */
export async function runBattle(
  stage: Stage,
  { seed, workers = 3, schedulers = 1, settings = {}, before }: BattleOptions,
  work: (battle: Battle) => Promise<number>,
): Promise<Outcome> {
  await using processes = openProcesses()
  const many = (count: number, plugins: string) =>
    Promise.all(Array.from({ length: count }, () => stage.start({ ...settings, PLUGINS: plugins })))
  const [[api], ...groups] = await Promise.all([
    stage.start({ PLUGINS: API }).then((one) => [one] as const),
    many(workers, WORKER),
    many(schedulers, SCHEDULER),
    many(1, API),
  ])
  for (const each of [api, ...groups.flat()]) processes.add(each)
  const apis = groups[2]
  const trial = await openTrial(stage, api.url, {}, () => [api.url, ...apis.map(({ url }) => url)])
  await before?.()
  await trial.send(api.url)
  const battle = { stage, trial, processes, workers: groups[0], schedulers: groups[1], apis, random: openRandom(seed) }
  const mayDoubt = await work(battle)
  return await trial.finish(mayDoubt, async () => {
    const sizes = processes.members().map(({ pid }) => ({ pid, bytes: memoryOf(pid) }))
    const swollen = sizes.filter(({ bytes }) => bytes > MOST_MEMORY)
    return [...breaches('A11', 'processes hold too much memory', swollen), ...(await processes.end([api]))]
  })
}

/** Resident bytes; 0 where it is gone, or the system does not tell. */
function memoryOf(pid: number): number {
  try {
    const { stdout } = Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)])
    return Number(stdout.toString()) * 1024
  } catch {
    return 0
  }
}

/** Moments in a campaign, in deliveries, the first ones early and the last ones while there is still work. */
export function moments({ stage, random }: Battle, count: number): number[] {
  const last = stage.ids.length * 0.9
  return Array.from({ length: count }, () => WINDOW + Math.floor(random() * last)).sort((a, b) => a - b)
}

export function pick<T>(all: readonly T[], random: () => number): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error('There is nothing to pick from')
  return one
}
