/** Faults of the network between the processes and their database or broker (races 3, 13, 15, 27, 35). */
import { IN_HAND, moments, runBattle } from './fleet.ts'
import { type Mode, openLine, type TroubledLine } from './proxy.ts'
import { LEASE_SECONDS, type Stage } from './stage.ts'

/** Duration of each fault: longer than a lease. */
const LASTS_MS = LEASE_SECONDS * 2000

export type Way = 'database' | 'broker'
export const modes: readonly Mode[] = ['reset', 'silence', 'delay', 'swallow']

const variables = { database: 'DATABASE_URL', broker: 'RABBITMQ_URL' } as const

/** @param way which connection of all workers and schedulers goes through the proxy */
export async function befallNetwork(stage: Stage, seed: number, way: Way, mode: Mode, times: number) {
  const address = new URL(stage.settings[variables[way]] ?? '')
  const line = await openLine(Number(address.port))
  address.port = String(line.port)
  try {
    return await runBattle(stage, { seed, settings: { [variables[way]]: address.href } }, async (battle) => {
      for (const moment of moments(battle, times)) {
        await battle.trial.delivered(moment)
        battle.trial.struck()
        await trouble(line, mode)
      }
      if (mode === 'swallow' && way === 'database' && line.swallowed() === 0) throw new Error('No answer was swallowed')
      return way === 'database' ? times * battle.workers.length * IN_HAND : 0
    })
  } finally {
    line.close()
  }
}

async function trouble(line: TroubledLine, mode: Mode): Promise<void> {
  line.set(mode)
  await Bun.sleep(LASTS_MS)
  // TCP has lost the swallowed bytes as well: the connections cannot go on.
  if (mode === 'silence') line.set('reset')
  line.set('pass')
}
