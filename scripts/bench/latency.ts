/** Providers as they are: some milliseconds for each message, and one of twenty messages refused. */
import { write } from './format.ts'
import { ceilingOf, LATENCY_WORKERS, latencyCases, latencyKey } from './latency-cases.ts'
import { measureOurs } from './ours.ts'
import { type Bench, type Contender, takeTurns } from './part.ts'

const FAILING = 0.05

export async function runLatency({ environment, plan, note, say }: Bench): Promise<void> {
  const { seconds, rounds } = plan.latency
  const slow = latencyCases().map((one): Contender => {
    const recipients = Math.min(plan.recipients, Math.round(ceilingOf(one) * seconds))
    const settings = { MOCK_LATENCY_MS: String(one.latencyMs), WORKER_CONCURRENCY: String(one.concurrency) }
    return {
      name: `${one.latencyMs} ms, concurrency ${one.concurrency}`,
      rounds,
      run: async () => {
        const { rate } = await measureOurs(environment, {
          queue: 'postgres',
          workers: LATENCY_WORKERS,
          recipients,
          settings,
        })
        note(`${latencyKey(one)}.rate`, rate)
        note(`${latencyKey(one)}.ceiling`, ceilingOf(one))
        return `${write(rate, 'rate')} of ${write(ceilingOf(one), 'rate')} that ${write(recipients, 'plain')} recipients could reach`
      },
    }
  })
  const failing: Contender = {
    name: `${FAILING * 100} % refused`,
    rounds,
    run: async () => {
      const settings = { MOCK_SUCCESS_RATE: String(1 - FAILING) }
      const recipients = plan.recipients
      const options = { queue: 'postgres', workers: LATENCY_WORKERS, recipients, settings, mayFail: true } as const
      const { rate, failed } = await measureOurs(environment, options)
      note('failures.rate', rate)
      note('failures.failed', failed)
      return `${write(rate, 'rate')} with all tries, ${write(failed, 'plain')} failed for good`
    },
  }
  await takeTurns([...slow, failing], say)
}
