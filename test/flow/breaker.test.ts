/** Circuit of a sender that fails for good, or nearly always, by the provider's ledger: it opens, says why, and loses nobody. */
import { expect, test } from 'bun:test'
import { defaultOf } from '../../scripts/bench/settings.ts'
import { eachFleet } from '../support/fleet.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 3000
/** Messages that may be in flight when the circuit opens: two workers with WORKER_CONCURRENCY chunks of WORKER_WINDOW each. */
const IN_FLIGHT = 2 * defaultOf('WORKER_CONCURRENCY') * defaultOf('WORKER_WINDOW')

const settings = { WORKER_PROBE_SECONDS: '1' }

interface Stats {
  readonly resting_channels: readonly { readonly channel: string; readonly reason: string }[]
}

eachFleet({ people: PEOPLE, settings }, (getFleet) => {
  for (const [provider, reason, words] of [
    [{ unauthorized: 1 }, 'provider.account', 'the provider rejects our account'],
    [{ errors: 1 }, 'provider.unavailable', 'the provider is unavailable'],
  ] as const)
    test(
      `a provider that answers ${reason} to every call opens the circuit, is probed, and closes it; no recipient is lost`,
      async () => {
        const fleet = getFleet()
        await fleet.ledger.behave(provider)
        const id = await fleet.send()
        const { resting_channels } = await until('the circuit is open', async () => {
          const stats = await fleet.api.get<Stats>('/stats')
          return stats.resting_channels.length > 0 && stats
        })
        expect(resting_channels).toMatchObject([{ channel: 'sms', reason }])
        const health = await fetch(`${fleet.apiUrl}/health`)
        expect(health.status).toBe(200)
        expect(await health.json()).toMatchObject({
          status: 'degraded',
          checks: { senders: { status: 'degraded', message: expect.stringContaining(words) } },
        })
        const probed = (await fleet.ledger.count()).requests
        await until('a probe was made', async () => (await fleet.ledger.count()).requests > probed)
        // At most one window of every chunk was called, not three tries of every recipient.
        expect((await fleet.ledger.count()).requests).toBeLessThanOrEqual(100 + 2 * IN_FLIGHT)
        await fleet.ledger.behave({ unauthorized: 0, errors: 0 })
        await fleet.expectAllSent(id)
        expect((await fleet.api.get<Stats>('/stats')).resting_channels).toEqual([])
        const attempts = (await fleet.ledger.requests()).filter(({ answer }) => answer === '200')
        expect(Math.max(...attempts.map(({ attempt }) => attempt))).toBeLessThanOrEqual(2)
      },
      LONG,
    )
})
