/** A sender that fails for good, or nearly always, by the provider's ledger: it rests, says why, and nobody is given up. */
import { expect, test } from 'bun:test'
import { defaultOf } from '../../scripts/bench/settings.ts'
import { eachQueue, startFleet } from '../support/fleet.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 120_000
const PEOPLE = 3000
/** Two workers with WORKER_CONCURRENCY chunks of WORKER_WINDOW each: what may be under way when it is found out. */
const IN_HAND = 2 * defaultOf('WORKER_CONCURRENCY') * defaultOf('WORKER_WINDOW')

const settings = { WORKER_PROBE_SECONDS: '1' }

interface Stats {
  readonly resting_channels: readonly { readonly channel: string; readonly reason: string }[]
}

eachQueue((broker) => {
  for (const [trouble, reason, words] of [
    [{ unauthorized: 1 }, 'provider.account', 'the provider does not accept our account'],
    [{ errors: 1 }, 'provider.unavailable', 'the provider is unavailable'],
  ] as const)
    test(
      `a provider that answers ${reason} to all is left alone, probed, and resumed; no recipient is lost over it`,
      async () => {
        const fleet = await startFleet({ ...broker(), people: PEOPLE, provider: trouble, settings })
        const id = await fleet.send()
        const { resting_channels } = await until('the channel rests', async () => {
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
        // Each try found out in its turn: one window of every chunk, not three tries of every recipient.
        expect((await fleet.ledger.count()).requests).toBeLessThanOrEqual(100 + 2 * IN_HAND)
        await fleet.ledger.behave({ unauthorized: 0, errors: 0 })
        await fleet.expectAllSent(id)
        expect((await fleet.api.get<Stats>('/stats')).resting_channels).toEqual([])
        const attempts = (await fleet.ledger.requests()).filter(({ answer }) => answer === '200')
        expect(Math.max(...attempts.map(({ attempt }) => attempt))).toBeLessThanOrEqual(2)
      },
      LONG,
    )
})
