/** The rate of a sender over several worker processes, by the provider's ledger. */
import { expect, test } from 'bun:test'
import { countParts } from '../../core/messaging/text/segments.ts'
import { type Arrival, busiestSecond } from '../support/busiest-second.ts'
import { eachQueue, type Fleet, startFleet } from '../support/fleet.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 180_000
const RATE = 100
/** Calls of a busy machine come late, and so beside those that come on time: what a quarter of a second holds. */
const JITTER = RATE / 4

const arrivals = async ({ ledger }: Fleet): Promise<Arrival[]> =>
  (await ledger.accepts()).map(({ at, text }) => ({ at, parts: countParts(text) })).sort((a, b) => a.at - b.at)

/** Parts a second from the first to the last arrival. */
function average(all: readonly Arrival[]): number {
  const parts = all.slice(1).reduce((sum, one) => sum + one.parts, 0)
  return parts / (((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 1000)
}

eachQueue((broker) => {
  test(
    `three workers keep to ${RATE} parts a second together, and to another rate within a second`,
    async () => {
      const fleet = await startFleet({
        ...broker(),
        people: 2000,
        workers: 3,
        settings: { SENDER_SMS_RATE: String(RATE), SENDER_SMS_CONCURRENCY: '40' },
      })
      const id = await fleet.send()
      await fleet.delivered(600)
      const slow = await arrivals(fleet)
      expect(busiestSecond(slow)).toBeLessThanOrEqual(RATE + JITTER)
      // In the first second the workers join one after another.
      const begun = (slow[0]?.at ?? 0) + 1000
      expect(average(slow.filter(({ at }) => at >= begun))).toBeGreaterThan(RATE * 0.95)
      await fleet.api.patch('/senders/sms', { rate: 2 * RATE })
      const changed = Date.now()
      await until('it is faster', async () => {
        const since = (await arrivals(fleet)).filter(({ at }) => at >= changed + 1000)
        return since.length > 300 && average(since) > RATE * 1.8
      })
      await fleet.api.patch('/senders/sms', { paused: true })
      await Bun.sleep(1000)
      const paused = await fleet.ledger.count()
      await Bun.sleep(1500)
      expect(await fleet.ledger.count()).toEqual(paused)
      expect(await fleet.api.get(`/campaigns/${id}`)).toMatchObject({ status: 'sending' })
      await fleet.api.patch('/senders/sms', { paused: false, rate: null })
      await fleet.expectAllSent(id)
      expect(busiestSecond(await arrivals(fleet))).toBeLessThanOrEqual(2 * RATE + 2 * JITTER)
    },
    LONG,
  )

  test(
    'a campaign of ten that is sent during one of thousands starts within a second, and two share the rate evenly',
    async () => {
      const fleet = await startFleet({
        ...broker(),
        people: 3000,
        workers: 3,
        settings: { SENDER_SMS_RATE: String(RATE) },
      })
      await fleet.send()
      await fleet.delivered(100)
      const ten = await fleet.send(fleet.ids.slice(0, 10))
      const begun = Date.now()
      const mine = async (campaign: number) => {
        const rows = await fleet.database.db
          .selectFrom('outbound_messages')
          .select('id')
          .where('campaign_id', '=', campaign)
          .execute()
        const ids = new Set(rows.map(({ id }) => id))
        return (await fleet.ledger.accepts()).filter(({ message_id }) => ids.has(message_id))
      }
      const first = await until('the ten have begun', async () => (await mine(ten))[0])
      expect(first.at - begun).toBeLessThan(1500)
      const second = await fleet.send(fleet.ids.slice(0, 1000))
      const before = await fleet.ledger.count()
      await fleet.delivered(before.deliveries + 400)
      const share = (await mine(second)).length / 400
      expect(share).toBeGreaterThan(0.25)
      expect(share).toBeLessThan(0.75)
    },
    LONG,
  )
})
