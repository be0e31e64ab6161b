/**
 * Fakes of real providers that post receipts, twice and out of order, while workers and the process that takes the receipts
 * are killed, or nobody takes them for a while (races 10, 13, 14, 40).
 */
import { type Kysely, sql } from 'kysely'
import type { Failpoint } from '../../core/failpoint.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { CONCURRENCY, type SenderKindName, senderKinds } from '../../test/support/providers/kinds.ts'
import type { ServerProcess } from '../../test/support/server-process.ts'
import { until } from '../../test/support/server-process-wait.ts'
import type { Action } from './arm.ts'
import { openTrial, type Trial } from './campaign.ts'
import type { Outcome } from './cell.ts'
import { API, SCHEDULER, WORKER } from './fleet.ts'
import { breaches } from './invariant.ts'
import { openProcesses, type Processes } from './processes.ts'
import { countDoubts, findAwaited, findFolded, findUnsettled, RECEIPTS_WITHIN_MS } from './receipts.ts'
import { LEASE_SECONDS, type Stage } from './stage.ts'

/** Places at which whoever takes receipts fails. */
export const receiptPlaces = ['receipts.stored', 'receipts.doubtful'] as const satisfies readonly Failpoint[]

const WORKERS = 3
/** From a call's arrival to its answer. */
export const LATENCY_MS = 40
/** Latency that lets a worker be killed before its answer comes, and that is shorter than a call may take. */
const SLOW_MS = 2000

interface Battle {
  readonly trial: Trial
  /** The process that takes and folds receipts, and that is read from. */
  hook(): ServerProcess
  /** Resolves when such a share of the messages is with the provider. */
  reached(share: number): Promise<void>
  killWorker(): Promise<void>
  /** Kills a worker that waits for the answer to a call which the provider has taken. */
  killCaller(): Promise<void>
  killHook(): Promise<void>
  startHook(): Promise<void>
}

export interface SenderFault {
  /** Place and way in which the first process that takes receipts fails. */
  readonly armed?: readonly [Failpoint, Action]
  /** Receipts may be lost: the fault outlasts the patience of a provider that soon gives up. */
  readonly isLong?: boolean
  work(battle: Battle): Promise<unknown>
}

/** `kill -9` of workers, and now and then of the process that takes receipts; each is started again at once. */
export const killSenders = (kills: number): SenderFault => ({
  work: async (battle) => {
    for (let nth = 1; nth <= kills; nth++) {
      await battle.reached(nth / (kills + 2))
      await battle.killWorker()
      if (nth % 2 === 0) continue
      await battle.killHook()
      await battle.startHook()
    }
  },
})

/** Nobody takes receipts for so long; a worker is killed too, unless its doubts would never be settled. */
export const hideHook = (seconds: number, kind: SenderKindName): SenderFault => ({
  isLong: true,
  work: async (battle) => {
    await battle.reached(0.3)
    await battle.killHook()
    if (!('retries' in senderKinds[kind])) await battle.killWorker()
    await Bun.sleep(seconds * 1000)
    await battle.startHook()
  },
})

/** The process that takes receipts fails at this place; for `receipts.doubtful` a worker leaves a call in doubt first. */
export const failHook = (place: (typeof receiptPlaces)[number], action: Action): SenderFault => ({
  armed: [place, action],
  work: async (battle) => {
    const first = battle.hook()
    await battle.reached(0.3)
    if (place === 'receipts.doubtful') await battle.killCaller()
    const told = (what: string) => () => first.stderr().includes(`failpoint ${place} ${what}`)
    await until(`${place} is reached`, told(action), RECEIPTS_WITHIN_MS)
    battle.trial.struck()
    if (action === 'exit') await battle.startHook()
    if (action === 'hang') await until(`${place} is passed`, told('resumed'))
  },
})

/** Sends a campaign through the stage's sender, and audits it against the ledger of its provider. */
export async function befallSender(stage: Stage, fault: SenderFault): Promise<Outcome> {
  const { sender } = stage
  if (!sender) throw new Error('The stage has no sender')
  await using processes = openProcesses()
  const { api, workers, hook, startHook, startWorker } = await startFleet(stage, fault, processes)
  const { channel } = senderKinds[sender]
  const trial = await openTrial(stage, api.url, { channel }, () => [api.url, hook().url])
  let workersKilled = 0
  const kill = async (victim: ServerProcess) => {
    await victim.end('SIGKILL')
    workersKilled++
    trial.struck()
    workers[workers.indexOf(victim)] = await startWorker()
  }
  await trial.send(api.url)
  await fault.work({
    trial,
    hook,
    startHook,
    reached: (share) => trial.delivered(Math.floor(stage.ids.length * share)),
    killWorker: async () => kill(await busyOf(stage.database.db, workers)),
    killCaller: async () => {
      await stage.ledger.behave({ latencyMs: SLOW_MS })
      await kill(await callerOf(stage, workers, Date.now()))
      await stage.ledger.behave({ latencyMs: LATENCY_MS })
    },
    killHook: async () => {
      await hook().end('SIGKILL')
      trial.struck()
    },
  })
  const givesUp = fault.isLong === true && 'retries' in senderKinds[sender]
  const unsettled = givesUp
    ? () => findFolded(stage, trial.id)
    : async () => [...(await findAwaited(trial)), ...(await findUnsettled(stage, trial.id))]
  const most = workersKilled * CONCURRENCY
  const outcome = await trial.finish(most, async () => [...(await unsettled()), ...(await processes.end([api]))])
  const doubts = await countDoubts(stage.database.db, trial.id)
  const excess = breaches(
    'A5',
    `messages in doubt, where ${most} may be`,
    Array(Math.max(0, doubts - most)).fill(doubts),
  )
  return { ...outcome, doubts, breaches: [...outcome.breaches, ...excess] }
}

/** A process that takes receipts and fails as asked, one that is read from, a scheduler, and workers. */
async function startFleet(stage: Stage, { armed }: SenderFault, processes: Processes) {
  const take = { PLUGINS: `${API},receipts`, PORT: String(stage.hookPort) }
  const first = armed ? await stage.startArmed(armed[0], armed[1], LEASE_SECONDS * 2500, take) : await stage.start(take)
  let hook = processes.add(first)
  const start = async (PLUGINS: string) => processes.add(await stage.start({ PLUGINS }))
  const startWorker = () => start(WORKER)
  const [api, , ...workers] = await Promise.all([
    start(API),
    start(SCHEDULER),
    ...Array.from({ length: WORKERS }, startWorker),
  ])
  const startHook = async () => {
    hook = processes.add(await stage.start(take))
  }
  return { api, workers, hook: () => hook, startHook, startWorker }
}

/** A worker that has messages with the provider. */
async function busyOf(db: Kysely<Database>, workers: readonly ServerProcess[]): Promise<ServerProcess> {
  const busy = async () => {
    const { rows } = await sql<{
      pid: number
    }>`select p.pid from dispatch_chunks as c join processes as p on p.id = c.leased_by
      where c.state = 'leased' and c.in_flight > 0`.execute(db)
    return workers.find(({ pid }) => rows.some((row) => row.pid === pid))
  }
  return await until('a worker is busy', busy)
}

/** A worker whose call the provider has taken since it is slow, and will not answer for a while yet. */
async function callerOf({ database, ledger }: Stage, workers: readonly ServerProcess[], slowSince: number) {
  const caller = async () => {
    const accepts = (await ledger.accepts()).filter(({ at }) => at >= slowSince && Date.now() - at < SLOW_MS / 2)
    const { rows } = await sql<{ pid: number }>`select p.pid from outbound_messages as m
      join dispatch_chunks as c on c.campaign_id = m.campaign_id and c.turn = m.turn and c.state = 'leased'
        and m.id between c.first_id and c.last_id and (c.ids is null or m.id = any(c.ids))
      join processes as p on p.id = c.leased_by
      where m.id = any(${accepts.map(({ message_id }) => message_id)}::bigint[])`.execute(database.db)
    return workers.find(({ pid }) => rows.some((row) => row.pid === pid))
  }
  return await until('a worker has a call with the provider', caller)
}
