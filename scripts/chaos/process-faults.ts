/** Processes that are killed at any moment, and processes that stand still for longer than their leases. */
import { API, type Battle, IN_HAND, moments, pick, runBattle, SCHEDULER, WORKER } from './fleet.ts'
import { LEASE_SECONDS, type Stage } from './stage.ts'

/** `kill -9` at random moments, of any role; each is started again at once. */
export function killLoop(stage: Stage, seed: number, kills: number) {
  return runBattle(stage, { seed }, async (battle) => {
    let workersKilled = 0
    for (const moment of moments(battle, kills)) {
      await battle.trial.delivered(moment)
      workersKilled += await killOne(battle)
    }
    return workersKilled * IN_HAND
  })
}

/** @returns how many workers it killed */
async function killOne({ workers, schedulers, apis, processes, stage, trial, random }: Battle): Promise<number> {
  const chance = random()
  const [role, plugins] = chance < 0.7 ? [workers, WORKER] : chance < 0.9 ? [schedulers, SCHEDULER] : [apis, API]
  const victim = pick(role, random)
  await victim.end('SIGKILL')
  trial.struck()
  role[role.indexOf(victim)] = processes.add(await stage.start({ PLUGINS: plugins }))
  return role === workers ? 1 : 0
}

/** SIGSTOP for 1.5 to 3 leases, then SIGCONT: it wakes up, and believes that it holds what others have taken (races 11, 12). */
export function zombies(stage: Stage, seed: number, stops: number) {
  return runBattle(stage, { seed }, async (battle) => {
    const { trial, workers, random } = battle
    for (const moment of moments(battle, stops)) {
      await trial.delivered(moment)
      const victim = pick(workers, random)
      victim.kill('SIGSTOP')
      trial.struck()
      await Bun.sleep((1.5 + 1.5 * random()) * LEASE_SECONDS * 1000)
      victim.kill('SIGCONT')
    }
    return stops * IN_HAND
  })
}
