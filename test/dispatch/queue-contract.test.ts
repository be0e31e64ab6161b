/** Contract of both queues, on real servers. A queue may lose or repeat: what counts is who claims what. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { systemClock as clock } from '../../core/clock.ts'
import { wire } from '../../core/messaging/chunk/broker-message.ts'
import { openPostgresQueue } from '../../core/messaging/chunk/postgres-queue.ts'
import type { Queue } from '../../core/queue/queue.ts'
import { openRabbitQueue } from '../../core/queue/rabbitmq.ts'
import { openWakeUps } from '../../core/wakeups.ts'
import { openLogged } from '../support/api.ts'
import { emptyTables, freshDatabase, type TestDatabase } from '../support/databases.ts'
import { openDispatch, range, startCampaign } from '../support/dispatch.ts'
import { postgresAvailable } from '../support/postgres.ts'
import { freshVhost, rabbitmqAvailable } from '../support/rabbitmq.ts'
import { until } from '../support/server-process-wait.ts'

const never = new AbortController().signal
const log = openLogged([])

type Open = (database: TestDatabase) => Promise<Queue>

const kinds: readonly { name: string; skip: boolean; open: () => Promise<Open> }[] = [
  {
    name: 'postgres',
    skip: !postgresAvailable,
    open: async () => async (database) => openPostgresQueue(database.db, await openWakeUps(database, { clock, log })),
  },
  {
    name: 'rabbitmq',
    skip: !postgresAvailable || !rabbitmqAvailable,
    open: async () => {
      const url = await freshVhost()
      return async () => openRabbitQueue(url, { wire, clock, log })
    },
  },
]

for (const kind of kinds)
  describe.skipIf(kind.skip)(kind.name, () => {
    let database: TestDatabase
    let openQueue: Open
    const open: Queue[] = []
    beforeAll(async () => {
      database = await freshDatabase('postgres')
      openQueue = await kind.open()
    }, 60_000)
    beforeEach(() => emptyTables(database.db))
    afterEach(() => Promise.all(open.splice(0).map((queue) => queue.close())))
    afterAll(() => database?.close())

    /** A worker with its own connections: claims and finishes what it is told of, until it is stopped. */
    async function startWorker(owner: string, work = async (_chunk: string) => {}) {
      const queue = await openOne()
      const { claim, claimChunk, report } = openDispatch(database.db, owner)
      const stop = new AbortController()
      const claimed: string[] = []
      const run = async () => {
        for (;;) {
          const delivery = await queue.take(stop.signal)
          if (!delivery) return
          const [chunk] = delivery.chunkIds ?? []
          const lease = await (chunk === undefined ? claim() : claimChunk(chunk))
          delivery.claimed(lease !== undefined)
          if (!lease) continue
          claimed.push(lease.id)
          await work(lease.id)
          await report(lease, { next: 'done' })
          delivery.done()
        }
      }
      const ended = run()
      const end = () => {
        stop.abort()
        return ended
      }
      return { claimed, end }
    }
    async function openOne(): Promise<Queue> {
      const queue = await openQueue(database)
      open.push(queue)
      return queue
    }
    const chunksOf = (count: number) => range(1, count).map((id) => ({ id: String(id), group: 1, size: 500 }))
    const done = async () => {
      const { db } = database
      return (await db.selectFrom('dispatch_chunks').select('id').where('state', '=', 'done').execute()).length
    }

    test('is in order', async () => {
      const queue = await openOne()
      expect(queue.name as string).toBe(kind.name)
      await queue.check()
      const figures = await queue.inspect()
      expect(figures).toEqual(
        kind.name === 'postgres' ? undefined : { messages: 0, consumers: expect.any(Number), deadLetters: 0 },
      )
    })

    test('what is published arrives, and is claimed once among several workers', async () => {
      await startCampaign(database.db, 60 * 500)
      const workers = await Promise.all(['w1', 'w2', 'w3'].map((name) => startWorker(name, () => Bun.sleep(2))))
      const publisher = await openOne()
      const arrived = await publisher.publish(chunksOf(60))
      expect(arrived.map(Number).toSorted((a, b) => a - b)).toEqual(range(1, 60))
      await until('all is done', async () => (await done()) === 60)
      await Promise.all(workers.map((worker) => worker.end()))
      const claimed = workers.flatMap((worker) => worker.claimed)
      expect(claimed.map(Number).toSorted((a, b) => a - b)).toEqual(range(1, 60))
      for (const worker of workers) expect(worker.claimed.length).toBeGreaterThan(0)
    })

    test('a worker that waits is woken, and so is one that comes later, before it would have looked by itself', async () => {
      await startCampaign(database.db, 2 * 500)
      await database.db.updateTable('dispatch_chunks').set({ state: 'held' }).execute()
      const first = await startWorker('w1')
      const publisher = await openOne()
      await publisher.check()
      for (const [at, chunk] of chunksOf(2).entries()) {
        await Bun.sleep(50)
        await database.db.updateTable('dispatch_chunks').set({ state: 'ready' }).where('id', '=', chunk.id).execute()
        const begun = performance.now()
        await publisher.publish([chunk])
        await until('it is claimed', () => first.claimed.length === at + 1)
        expect(performance.now() - begun).toBeLessThan(800)
      }
      await first.end()
    })

    test('what is told twice is claimed once (race 2)', async () => {
      await startCampaign(database.db, 3 * 500)
      const publisher = await openOne()
      for (let time = 0; time < 3; time++) await publisher.publish(chunksOf(3))
      const worker = await startWorker('w1')
      await until('all is done', async () => (await done()) === 3)
      await worker.end()
      expect(worker.claimed.toSorted()).toEqual(['1', '2', '3'])
    })

    test('a worker that takes and never claims loses nothing: another one gets it', async () => {
      await startCampaign(database.db, 500)
      const publisher = await openOne()
      await publisher.publish(chunksOf(1))
      const lost = await openQueue(database)
      expect(await lost.take(never)).toBeDefined()
      await lost.close()
      const worker = await startWorker('w2')
      await until('it is done', async () => (await done()) === 1)
      await worker.end()
    })

    test('a busy worker keeps nothing from the others', async () => {
      await startCampaign(database.db, 4 * 500)
      const finish = Promise.withResolvers<void>()
      const slow = await startWorker('slow', () => finish.promise)
      const publisher = await openOne()
      await publisher.publish(chunksOf(1))
      await until('the slow one is at work', () => slow.claimed.length === 1)
      const quick = await startWorker('quick')
      await publisher.publish(chunksOf(4).slice(1))
      await until('the rest is done', async () => (await done()) === 3)
      expect(quick.claimed.length).toBe(3)
      finish.resolve()
      await until('all is done', async () => (await done()) === 4)
      await Promise.all([slow.end(), quick.end()])
    })

    test('take() ends at once when it is stopped', async () => {
      const queue = await openOne()
      expect(await queue.take(AbortSignal.abort())).toBeUndefined()
      const worker = await startWorker('w1')
      // It has looked, found nothing, and waits.
      await Bun.sleep(100)
      const begun = performance.now()
      await worker.end()
      expect(performance.now() - begun).toBeLessThan(500)
    })

    test('close() may be called twice', async () => {
      const queue = await openQueue(database)
      await queue.check()
      await queue.close()
      await queue.close()
    })
  })
