/** Faults of a broker in the middle of a campaign: everyone is reached, nobody twice, by the provider's ledger. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { openApi } from '../../scripts/support/api.ts'
import { type Fleet, releaseFleets, startFleet } from '../support/fleet.ts'
import { postgresAvailable } from '../support/postgres.ts'
import {
  addVhost,
  type RabbitmqServer,
  rabbitmqAvailable,
  rabbitmqBinaries,
  startRabbitmq,
} from '../support/rabbitmq.ts'
import { until } from '../support/server-process-wait.ts'

const PEOPLE = 10_000
const LONG = 180_000

describe.skipIf(!postgresAvailable || !rabbitmqAvailable)('the broker', () => {
  let broker: RabbitmqServer
  beforeAll(async () => {
    broker = await startRabbitmq({ binaries: rabbitmqBinaries })
  }, 120_000)
  afterAll(() => broker?.dispose(), 60_000)

  describe('in the middle of 10,000', () => {
    let fleet: Fleet
    beforeAll(async () => {
      fleet = await startFleet({
        brokerUrl: broker.url,
        people: PEOPLE,
        provider: { latencyMs: 50 },
        // Few enough that a broker that takes 15 seconds to start comes back while there is work left.
        settings: { WORKER_CONCURRENCY: '2' },
      })
    }, LONG)
    afterAll(releaseFleets, LONG)

    /** A broker takes seconds to start: those faults come once. */
    const once = new Set(['is restarted', 'is killed, and starts again'])
    const faults: Readonly<Record<string, (fleet: Fleet) => Promise<unknown>>> = {
      'loses what is in the queue': () => broker.ctl('purge_queue', 'campaign_sends'),
      'loses the queue': async () => {
        // The second time comes while the consumers may still be declaring it again; a queue that is not there cannot be lost.
        await until('the queue is there', async () =>
          (await broker.ctl('list_queues', 'name')).includes('campaign_sends'),
        )
        await broker.ctl('delete_queue', 'campaign_sends')
      },
      'closes all connections': () => broker.ctl('close_all_connections', 'test'),
      'is restarted': () => broker.restart(),
      'is killed, and starts again': async () => {
        await broker.kill()
        await broker.start()
      },
      'runs out of memory for a while': async ({ delivered, ledger }) => {
        await broker.ctl('set_vm_memory_high_watermark', '0.000001')
        const { deliveries } = await ledger.count()
        await Bun.sleep(3000)
        await broker.ctl('set_vm_memory_high_watermark', '0.4')
        await delivered(deliveries + 1)
      },
    }

    for (const [what, befall] of Object.entries(faults))
      test(
        what,
        async () => {
          await fleet.renew()
          const id = await fleet.send()
          for (const moment of once.has(what) ? [0.3] : [0.2, 0.5]) {
            await fleet.delivered(PEOPLE * moment)
            await fleet.meanwhile(() => befall(fleet))
          }
          await fleet.expectAllSent(id)
          const requests = await fleet.ledger.requests()
          expect(requests.filter(({ repeat }) => repeat)).toEqual([])
        },
        LONG,
      )
  })

  describe('while it is down', () => {
    afterEach(releaseFleets, LONG)

    test(
      'a campaign is accepted, health says what is wrong, and all goes out when it is back',
      async () => {
        const fleet = await startFleet({ brokerUrl: await addVhost(broker, 'down'), people: 2000 })
        await broker.stop()
        await until('health says so', async () => {
          const response = await fetch(`${fleet.apiUrl}/health`)
          const { checks } = (await response.json()) as { checks: Record<string, { status: string }> }
          expect(checks.database?.status).toBe('healthy')
          return response.status === 503 && checks.queue?.status === 'unhealthy'
        })
        const id = await fleet.send()
        // Processes that start now find no broker either.
        await fleet.servers.worker[0]?.end()
        await Bun.sleep(1000)
        const { stats } = await fleet.api.get<{ stats: { total: number; pending: number } }>(`/campaigns/${id}`)
        expect(stats).toMatchObject({ total: 2000, pending: 2000 })
        await broker.start()
        await fleet.expectAllSent(id)
        await until('it is healthy again', async () => (await fetch(`${fleet.apiUrl}/health`)).status === 200)
        // They are kept for a second, and may be from before it was back.
        const figures = await until('the broker has figures', async () => {
          const { queue } = await openApi(fleet.apiUrl).get<{ queue: { broker: object | null } }>('/stats')
          return queue.broker
        })
        expect(figures).toMatchObject({ name: 'rabbitmq', messages: 0, dead_letters: 0 })
      },
      LONG,
    )
  })
})
