/** Faults of RabbitMQ in the middle of a campaign (races 3, 4, 15, 16, 21 to 25). */
import { loseLeader } from '../../test/support/rabbitmq.ts'
import { type Battle, IN_HAND, moments, runBattle } from './fleet.ts'
import type { Stage } from './stage.ts'

const ALARM_MS = 2000

function vhostOf({ settings }: Stage): string {
  return new URL(settings.RABBITMQ_URL ?? '').pathname.slice(1)
}

export const brokerFaults: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  'kill -9': async ({ broker }) => {
    await broker.kill()
    await broker.start()
  },
  restart: ({ broker }) => broker.restart(),
  'queue purged': (stage) => stage.broker.ctl('purge_queue', '-p', vhostOf(stage), 'campaign_sends'),
  'queue deleted': (stage) => stage.broker.ctl('delete_queue', '-p', vhostOf(stage), 'campaign_sends'),
  'memory alarm': async ({ broker }) => {
    await broker.ctl('set_vm_memory_high_watermark', '0.000001')
    await Bun.sleep(ALARM_MS)
    await broker.ctl('set_vm_memory_high_watermark', '0.4')
  },
  'connections closed': ({ broker }) => broker.ctl('close_all_connections', 'chaos'),
}

/** Nothing may be in doubt: a broker carries ids, and no process loses its lease over it. */
export function befallBroker(stage: Stage, seed: number, fault: (stage: Stage) => Promise<unknown>, times: number) {
  return runBattle(stage, { seed }, (battle) => strike(battle, fault, times).then(() => 0))
}

/** Before the campaign's first id: later all may be in the workers' hands, and nobody would miss the queue. */
export function sendWithoutLeader(stage: Stage, seed: number) {
  const before = () => loseLeader(stage.broker, vhostOf(stage), 'campaign_sends')
  return runBattle(stage, { seed, before }, async ({ trial }) => {
    trial.struck()
    return 0
  })
}

/** Each fault at a moment of its own. @returns rows that may be in doubt where processes lose their leases over it */
export async function strike(
  battle: Battle,
  fault: (stage: Stage) => Promise<unknown>,
  times: number,
): Promise<number> {
  for (const moment of moments(battle, times)) {
    await battle.trial.delivered(moment)
    battle.trial.struck()
    await fault(battle.stage)
  }
  return times * battle.workers.length * IN_HAND
}
