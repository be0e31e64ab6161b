/** A campaign that is stopped in the middle, by the provider's ledger: nothing leaves later than one window after. */
import { expect, test } from 'bun:test'
import { defaultOf } from '../../scripts/bench/settings.ts'
import { eachFleet, type Fleet } from '../support/fleet.ts'
import { expectInvariant } from '../support/invariant.ts'
import { expectSentAsDelivered } from '../support/ledger-judge.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'

const LONG = 120_000
const PEOPLE = 8000
const LATENCY_MS = 200
/** Two workers with WORKER_CONCURRENCY chunks of WORKER_WINDOW each. */
const IN_FLIGHT = 2 * defaultOf('WORKER_CONCURRENCY') * defaultOf('WORKER_WINDOW')

eachFleet({ people: PEOPLE, provider: { latencyMs: LATENCY_MS } }, (getFleet) => {
  const act = (fleet: Fleet, id: number, action: string) =>
    fleet.api.post<{ status: string }>(`/campaigns/${id}/${action}`, {})
  const read = (fleet: Fleet, id: number) => fleet.api.get<Watched>(`/campaigns/${id}`)
  /** Resolves when nothing is in any sender's hands. */
  const quiet = (fleet: Fleet, id: number) =>
    until('nothing is under way', async () => (await read(fleet, id)).stats.sending === 0)

  test(
    'race 31: paused in the middle it stands still, and goes on where it was when it is resumed',
    async () => {
      const fleet = getFleet()
      const id = await fleet.send()
      await fleet.delivered(PEOPLE * 0.2)
      const { requests } = await fleet.ledger.count()
      expect(await act(fleet, id, 'pause')).toMatchObject({ status: 'paused' })
      await quiet(fleet, id)
      const still = await fleet.ledger.count()
      // Messages in flight at the answer, and one window at most.
      expect(still.requests - requests).toBeLessThanOrEqual(2 * IN_FLIGHT)
      await Bun.sleep(3 * LATENCY_MS)
      expect(await fleet.ledger.count()).toEqual(still)
      expect(await read(fleet, id)).toMatchObject({
        status: 'paused',
        stats: { sent: still.deliveries, pending: PEOPLE - still.deliveries },
      })
      expect(await act(fleet, id, 'resume')).toMatchObject({ status: 'sending' })
      await fleet.expectAllSent(id)
      expect((await fleet.ledger.requests()).filter(({ repeat }) => repeat)).toEqual([])
    },
    LONG,
  )

  test(
    'cancelled in the middle: who was not reached is skipped, and the figures are those of the ledger',
    async () => {
      const fleet = getFleet()
      const id = await fleet.send()
      await fleet.delivered(PEOPLE * 0.2)
      expect(await act(fleet, id, 'cancel')).toMatchObject({ status: 'cancelled' })
      const { stats } = await until('all have a result', async () => {
        const now = await read(fleet, id)
        return now.stats.pending + now.stats.sending === 0 && now
      })
      const { deliveries } = await fleet.ledger.count()
      expect(stats).toMatchObject({ total: PEOPLE, sent: deliveries, skipped: PEOPLE - deliveries })
      expect(deliveries).toBeLessThan(PEOPLE)
      await until('it is over', async () => {
        const { completed_at } = await fleet.database.db
          .selectFrom('campaigns')
          .select('completed_at')
          .executeTakeFirstOrThrow()
        return completed_at !== null
      })
      await expectInvariant(fleet.database.db)
      await expectSentAsDelivered(fleet.database.db, fleet.ledger)
    },
    LONG,
  )

  test(
    'what is not started when its time is over is skipped',
    async () => {
      const fleet = getFleet()
      const { id } = await fleet.api.post<Watched>('/campaigns', {
        name: 'Short',
        channel: 'sms',
        base_template: 'Hi {phone}',
        expires_at: new Date(Date.now() + 2500).toISOString(),
      })
      await fleet.api.post(`/campaigns/${id}/send`, { customer_ids: fleet.ids })
      const { stats, status } = await until('it is over', async () => {
        const now = await read(fleet, id)
        return now.status !== 'sending' && now
      })
      const { deliveries } = await fleet.ledger.count()
      expect({ status, ...stats }).toMatchObject({
        status: 'sent',
        total: PEOPLE,
        sent: deliveries,
        skipped: PEOPLE - deliveries,
      })
      expect(stats.skipped).toBeGreaterThan(0)
      expect(await fleet.api.get(`/campaigns/${id}/failures`)).toMatchObject({
        failures: [{ status: 'skipped', code: 'expired', count: stats.skipped }],
      })
      await expectInvariant(fleet.database.db)
    },
    LONG,
  )
})
