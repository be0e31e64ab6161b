/** Providers as they are: some milliseconds for each message, and one of twenty messages refused. */
import { write } from './format.ts'
import { measureOurs } from './ours.ts'
import { type Bench, type Entrant, takeTurns } from './part.ts'
import { defaultOf } from './settings.ts'

const WORKERS = 2
const FAILING = 0.05

interface Case {
  readonly latencyMs: number
  readonly concurrency: number
}

/** `more`: what a provider of the longer latency needs to keep up with the machine. */
export function latencyCases(): readonly Case[] {
  const usual = defaultOf('WORKER_CONCURRENCY')
  return [
    { latencyMs: 5, concurrency: usual },
    { latencyMs: 50, concurrency: usual },
    { latencyMs: 50, concurrency: usual * 8 },
  ]
}

export const latencyKey = ({ latencyMs, concurrency }: Case) => `latency.${latencyMs}ms.${concurrency}`

/** Messages a second that may be under way at once, each for as long as the provider takes. */
export const ceilingOf = ({ latencyMs, concurrency }: Case) =>
  (WORKERS * concurrency * defaultOf('WORKER_WINDOW')) / (latencyMs / 1000)

export async function runLatency({ ground, plan, note, say }: Bench): Promise<void> {
  const { seconds, rounds } = plan.latency
  const slow = latencyCases().map((one): Entrant => {
    const recipients = Math.min(plan.recipients, Math.round(ceilingOf(one) * seconds))
    const settings = { MOCK_LATENCY_MS: String(one.latencyMs), WORKER_CONCURRENCY: String(one.concurrency) }
    return {
      name: `${one.latencyMs} ms, concurrency ${one.concurrency}`,
      rounds,
      run: async () => {
        const { rate } = await measureOurs(ground, { queue: 'postgres', workers: WORKERS, recipients, settings })
        note(`${latencyKey(one)}.rate`, rate)
        note(`${latencyKey(one)}.ceiling`, ceilingOf(one))
        return `${write(rate, 'rate')} of ${write(ceilingOf(one), 'rate')} that ${write(recipients, 'plain')} recipients could reach`
      },
    }
  })
  const failing: Entrant = {
    name: `${FAILING * 100} % refused`,
    rounds,
    run: async () => {
      const settings = { MOCK_SUCCESS_RATE: String(1 - FAILING) }
      const recipients = plan.recipients
      const options = { queue: 'postgres', workers: WORKERS, recipients, settings, mayFail: true } as const
      const { rate, failed } = await measureOurs(ground, options)
      note('failures.rate', rate)
      note('failures.failed', failed)
      return `${write(rate, 'rate')} with all tries, ${write(failed, 'plain')} failed for good`
    },
  }
  await takeTurns([...slow, failing], say)
}
