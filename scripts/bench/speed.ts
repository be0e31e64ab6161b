/** Recipients a second: the floor, we, and what people would use instead, in turn. */

import { measureFloor } from './floor.ts'
import { write } from './format.ts'
import { peerKey, type QueueName, queues } from './keys.ts'
import { type Measured, measureOurs } from './ours.ts'
import { type Bench, type Contender, takeTurns } from './part.ts'
import { peers } from './peers.ts'
import { peerPlan } from './plan.ts'

export async function runSpeed(bench: Bench): Promise<void> {
  const { parts, say } = bench
  const contenders = [
    ...(parts.has('floor') ? floors(bench) : []),
    ...(parts.has('ours') ? ours(bench) : []),
    ...(parts.has('peers') ? peerContenders(bench) : []),
  ]
  await takeTurns(contenders, say)
}

function peerContenders({ environment, plan, note, say }: Bench): Contender[] {
  return peers.flatMap((peer) => {
    const { recipients, rounds } = peerPlan(plan, peer.name)
    const missing = peer.missing()
    if (missing) say(`${peer.label} is left out: ${missing}`)
    const run = async () => {
      const rate = await peer.measure(environment, { recipients, warmUp: plan.warmUp })
      note(peerKey(peer.name), rate)
      return write(rate, 'rate')
    }
    return missing ? [] : [{ name: peer.label, rounds, run }]
  })
}

function floors({ environment, plan, note }: Bench): Contender[] {
  return [1, 2].map((sessions) => ({
    name: `floor, ${sessions} sessions`,
    rounds: plan.rounds,
    run: async () => {
      const rate = await measureFloor(environment, plan.recipients, sessions)
      note(`floor.${sessions}.rate`, rate)
      return write(rate, 'rate')
    },
  }))
}

function ours({ environment, plan, note }: Bench): Contender[] {
  return queues.flatMap((queue) =>
    [1, 2].map((workers) => ({
      name: `ours, ${queue}, ${workers} workers`,
      rounds: plan.rounds,
      run: async () => {
        const measured = await measureOurs(environment, {
          queue,
          workers,
          recipients: plan.recipients,
          warmUp: plan.warmUp,
        })
        note(`ours.${queue}.${workers}.rate`, measured.rate)
        if (workers === 2) noteCost(note, queue, measured, plan.recipients)
        return lineOf(measured)
      },
    })),
  )
}

export const lineOf = ({ rate, peaks, hotShare }: Measured) =>
  `${write(rate, 'rate')}, a worker ${write(peaks.worker, 'mb')} at its peak, HOT ${write(hotShare, 'percent')}`

function noteCost(
  note: Bench['note'],
  queue: QueueName,
  { usage, peaks, hotShare }: Measured,
  recipients: number,
): void {
  const thousands = recipients / 1000
  note(`cost.${queue}.product.cpu`, usage.product / thousands)
  note(`cost.${queue}.database.cpu`, usage.postgres / thousands)
  if (queue === 'rabbitmq') note(`cost.${queue}.broker.cpu`, usage.broker / thousands)
  note(`cost.${queue}.wal`, usage.walBytes / thousands)
  note(`cost.${queue}.hot`, hotShare)
  for (const name of ['api', 'scheduler', 'worker'] as const) note(`cost.${queue}.${name}.memory`, peaks[name])
}
