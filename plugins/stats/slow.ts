/** Health of the database and the queue: it does not change from one moment to the next, and is kept for a second. */
import { type Check, check, checkLoops, unreachable } from '../../core/host/health.ts'
import type { StatsGrant } from './grant.ts'

const KEPT_MS = 1000

export interface Slow {
  readonly database: Check
  readonly queue: Check
  readonly loops: ReturnType<typeof checkLoops>
  readonly broker: Awaited<ReturnType<typeof viewBroker>>
}

/** Never rejects; those who ask while an answer is under way share it. */
export function openSlow({
  database,
  queue,
  loops,
  clock,
  log,
}: Pick<StatsGrant, 'database' | 'queue' | 'loops' | 'clock' | 'log'>) {
  let kept: Promise<Pick<Slow, 'database' | 'queue' | 'broker'>> | undefined
  let asked = 0
  const ask = async () => {
    const [writes, state, broker] = await Promise.all([
      check(() => database.check(), unreachable('database', log)),
      check(() => queue.check(), unreachable('queue', log)),
      viewBroker(queue),
    ])
    return { database: writes, queue: state, broker }
  }
  return async (): Promise<Slow> => {
    if (!kept || clock.elapsed() - asked >= KEPT_MS) {
      asked = clock.elapsed()
      kept = ask()
    }
    return { ...(await kept), loops: checkLoops(loops()) }
  }
}

/** Null where the database is the queue, and while the broker cannot be asked: /health says why. */
async function viewBroker(queue: StatsGrant['queue']) {
  const figures = await queue.inspect().catch(() => undefined)
  if (!figures) return null
  const { messages, consumers, deadLetters } = figures
  return { name: queue.name, messages, consumers, dead_letters: deadLetters }
}
