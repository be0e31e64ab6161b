/** Many processes at once: who comes, who goes, and who waits for whom. */
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { eachQueue, type Fleet, type Role, startFleet } from '../support/fleet.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'

const LONG = 180_000

eachQueue((broker) => {
  test(
    'SIGTERM to each worker, scheduler and API in the middle of a campaign: it ends well, and everyone is reached once',
    async () => {
      const people = 6000
      // So few in flight that three workers take most of a minute for the rest while the provider is slow.
      const settings = { WORKER_CONCURRENCY: '2', WORKER_WINDOW: '32' }
      const fleet = await startFleet({ ...broker(), people, schedulers: 2, provider: { latencyMs: 100 }, settings })
      // The API is last: the fleet asks its first process.
      for (const role of ['worker', 'scheduler', 'api'] as const) {
        await fleet.renew()
        const id = await fleet.send()
        await fleet.delivered(people * 0.2)
        await fleet.meanwhile(() => replaceAll(fleet, role))
        if (role !== 'api') await fleet.expectAllSent(id)
        else await expectSentByOthers(fleet, id)
        expect((await fleet.ledger.requests()).filter(({ repeat }) => repeat)).toEqual([])
      }
    },
    LONG,
  )

  test(
    'a worker that joins takes work within a second',
    async () => {
      // So few in flight that there is work for each of three.
      const settings = { WORKER_CONCURRENCY: '1' }
      const fleet = await startFleet({ ...broker(), people: 2000, workers: 0, provider: { latencyMs: 100 }, settings })
      const id = await fleet.send()
      let least = Number.POSITIVE_INFINITY
      for (let time = 0; time < 3 && least >= 1000; time++) {
        const { deliveries } = await fleet.ledger.count()
        const worker = await fleet.start('worker')
        const healthy = performance.now()
        await fleet.delivered(deliveries + 1)
        least = Math.min(least, performance.now() - healthy)
        expect(await worker.end()).toBe(0)
      }
      expect(least).toBeLessThan(1000)
      await fleet.start('worker')
      await fleet.expectAllSent(id)
    },
    LONG,
  )

  test(
    'a campaign to 100 does not wait for one to 200,000 that is under way',
    async () => {
      const fleet = await startFleet({
        ...broker(),
        people: 100,
        settings: { SMS_SENDER: 'mock', MOCK_LATENCY_MS: '20' },
      })
      const { id: large } = await fleet.api.post<Watched>('/campaigns', {
        name: 'Large',
        channel: 'sms',
        base_template: 'Hi {first_name}',
      })
      const { rows } = await sql<{ id: number }>`insert into customers (phone) select '+2547' || n
          from generate_series(20000000, 20199999) n returning id`.execute(fleet.database.db)
      const customers = rows.map((row) => row.id)
      for (let at = 0; at < customers.length; at += 100_000)
        await fleet.api.post(`/campaigns/${large}/send`, { customer_ids: customers.slice(at, at + 100_000) })
      await until('the large one is under way', async () => (await read(fleet, large)).stats.sent > 1000)
      const small = await fleet.send()
      await until('the small one is over', async () => (await read(fleet, small)).status === 'sent')
      // Served in turn with the large one, which has most of its work left.
      const { status, stats } = await read(fleet, large)
      expect(status).toBe('sending')
      expect(stats.sent).toBeLessThan(150_000)
      // The rest of the large one would only take time.
      await fleet.servers.worker[0]?.end('SIGKILL')
      await fleet.servers.worker[1]?.end('SIGKILL')
    },
    LONG,
  )
})

const read = (fleet: Fleet, id: number) => fleet.api.get<Watched>(`/campaigns/${id}`)

/** Each one is asked to stop while its successor is at work already, as a rolling update does. */
async function replaceAll(fleet: Fleet, role: Role): Promise<void> {
  for (const server of [...fleet.servers[role]]) {
    await fleet.start(role)
    expect(await server.end('SIGTERM')).toBe(0)
  }
}

/** The first API process, which the fleet asks, has gone. */
async function expectSentByOthers(fleet: Fleet, id: number): Promise<void> {
  const url = fleet.servers.api.at(-1)?.url
  const campaign = await until('the campaign is over', async () => {
    const now = (await (await fetch(`${url}/campaigns/${id}`)).json()) as Watched
    return now.status !== 'sending' && now
  })
  expect(campaign).toMatchObject({ status: 'sent', stats: { total: fleet.ids.length, sent: fleet.ids.length } })
}
