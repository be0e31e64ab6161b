/** RabbitMQ alone: faults of the broker, and unreadable messages. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { connect } from 'amqplib'
import { systemClock as clock } from '../../core/clock.ts'
import { wire } from '../../core/messaging/chunk/broker-message.ts'
import type { Delivery, Queue } from '../../core/queue/queue.ts'
import { openRabbitQueue } from '../../core/queue/rabbitmq.ts'
import { type Logged, openLogged } from '../support/api.ts'
import { range } from '../support/dispatch.ts'
import {
  loseLeader,
  type RabbitmqServer,
  rabbitmqAvailable,
  rabbitmqBinaries,
  startRabbitmq,
} from '../support/rabbitmq.ts'
import { until } from '../support/server-process-wait.ts'

const never = new AbortController().signal
const LONG = 60_000

describe.skipIf(!rabbitmqAvailable)('RabbitMQ', () => {
  let broker: RabbitmqServer
  const open: Queue[] = []
  const logged: Logged[] = []
  beforeAll(async () => {
    broker = await startRabbitmq({ binaries: rabbitmqBinaries })
  }, 120_000)
  beforeEach(async () => {
    logged.length = 0
    // A test that failed may have left it stopped.
    await broker.start()
    const queue = openOne()
    await queue.check()
    for (const name of [wire.queue, wire.deadLetters]) await broker.ctl('purge_queue', name)
  }, LONG)
  afterEach(() => Promise.all(open.splice(0).map((queue) => queue.close())), LONG)
  afterAll(() => broker?.dispose(), LONG)

  function openOne(): Queue {
    const queue = openRabbitQueue(broker.url, { wire, clock, log: openLogged(logged) })
    open.push(queue)
    return queue
  }
  const chunks = (from: number, to: number) => range(from, to).map((id) => ({ id: String(id), group: 1, size: 500 }))
  /** Takes until it has met all of these; a broker may say things twice. */
  async function takeAll(queue: Queue, ids: readonly string[]): Promise<void> {
    const missing = new Set(ids)
    while (missing.size > 0) {
      const delivery: Delivery | undefined = await queue.take(never)
      for (const id of delivery?.chunkIds ?? []) missing.delete(id)
      delivery?.claimed(false)
    }
  }
  /** The fault in the health check, once the first attempt to connect has ended: over a second on a busy machine. */
  const faultOf = (queue: Queue) =>
    until('it says what is wrong', async () => {
      const error = await queue.check().catch((error: Error & { code: string }) => error)
      return error && error.code !== 'NOT_CONNECTED' ? error : undefined
    })
  const isInOrder = (queue: Queue) =>
    until('it is in order', () =>
      queue.check().then(
        () => true,
        () => false,
      ),
    )
  const ids = (from: number, to: number) => range(from, to).map(String)
  const arrives = (queue: Queue, from: number, to: number) =>
    until('it arrives', async () => (await queue.publish(chunks(from, to))).length === to - from + 1)

  test(
    'a broker that lets nobody in says why, in words: in the health check and in the log',
    async () => {
      await broker.ctl('add_user', 'limited', 'limited')
      await broker.ctl('set_permissions', '-p', '/', 'limited', '^$', '^$', '^$')
      const at = (user: string, path = '') => `amqp://${user}@127.0.0.1:${broker.port}${path}`
      const cases = [
        [at('guest:guest', '/nope'), 'BROKER_VHOST', 'no virtual host'],
        [at('guest:wrong-password'), 'BROKER_LOGIN_REFUSED', 'rejects the user name or the password'],
        [at('limited:limited'), 'BROKER_PERMISSION_DENIED', 'may not declare or use the queues'],
        [at('guest:guest').replace('amqp:', 'amqps:'), 'BROKER_TLS', 'answers without TLS'],
        ['amqp://guest:guest@127.0.0.1:2', 'BROKER_UNREACHABLE', 'Nothing listens'],
        ['amqp://guest:guest@no-such-host.invalid', 'BROKER_UNREACHABLE', 'is not known'],
      ] as const
      for (const [url, code, words] of cases) {
        logged.length = 0
        const lines: string[] = []
        const warn = (_: unknown, text: string) => void lines.push(text)
        const queue = openRabbitQueue(url, { wire, clock, log: { ...openLogged(logged), warn } as never })
        open.push(queue)
        expect(await faultOf(queue)).toMatchObject({ code, message: expect.stringContaining(words) })
        expect(lines.join()).toContain(words)
        expect(lines.join()).not.toMatch(/ConnectionClose|wrong-password/)
      }
    },
    LONG,
  )

  test(
    'race 21: what was confirmed outlasts a restart of the broker, and a kill',
    async () => {
      const queue = openOne()
      expect(await queue.publish(chunks(1, 300))).toHaveLength(300)
      await broker.restart()
      await until('it is connected again', async () => (await queue.inspect().catch(() => undefined)) !== undefined)
      expect(await queue.inspect()).toMatchObject({ messages: 300 })
      await broker.kill()
      await broker.start()
      const other = openOne()
      await takeAll(other, ids(1, 300))
    },
    LONG,
  )

  test(
    'race 4: what fits no queue has not arrived, and the queue is declared anew',
    async () => {
      const queue = openOne()
      await queue.check()
      await broker.ctl('delete_queue', wire.queue)
      expect(await queue.publish(chunks(1, 3))).toEqual([])
      expect(await queue.publish(chunks(1, 3))).toHaveLength(3)
      await takeAll(openOne(), ids(1, 3))
    },
    LONG,
  )

  test(
    'a queue that has no leader, and gets none, is made anew',
    async () => {
      const [queue, publisher, leaver] = [openOne(), openOne(), openOne()]
      expect(await publisher.publish(chunks(1, 1))).toHaveLength(1)
      await loseLeader(broker, '/', wire.queue)
      // Nor does it keep anybody from leaving.
      const left = leaver.publish(chunks(4, 4)).then(() => leaver.close())
      const taking = takeAll(queue, ids(2, 3))
      const report = until('it is told', () =>
        publisher.check().catch(({ code }) => code === 'BROKER_SILENT' || undefined),
      )
      await arrives(publisher, 2, 3)
      await Promise.all([report, left, taking])
      await publisher.check()
      expect(logged.filter(({ level }) => level === 'error')).toHaveLength(1)
    },
    LONG,
  )

  test(
    'race 25: a consumer whose queue is deleted subscribes again',
    async () => {
      const [queue, publisher] = [openOne(), openOne()]
      const taking = queue.take(never)
      await until('it listens', async () => (await publisher.inspect())?.consumers === 1)
      await broker.ctl('delete_queue', wire.queue)
      await arrives(publisher, 1, 2)
      ;(await taking)?.claimed(false)
      await takeAll(queue, ids(2, 2))
    },
    LONG,
  )

  test('take() prefetches as many chunks as asked, and the next one when one is worked off', async () => {
    const [queue, publisher, other] = [openOne(), openOne(), openOne()]
    await publisher.publish(chunks(1, 8))
    const leaves = (messages: number) =>
      until(`${messages} lie there`, async () => (await publisher.inspect())?.messages === messages)
    const take = async () => queue.take(never, 3)
    const [first, second, third] = [await take(), await take(), await take()]
    expect([first, second, third].flatMap((one) => one?.chunkIds)).toEqual(ids(1, 3))
    for (const one of [first, second, third]) one?.claimed(true)
    // The prefetch is used up: the rest of the queue is for others.
    await leaves(5)
    second?.done()
    await leaves(4)
    const fourth = await take()
    expect(fourth?.chunkIds).toEqual(['4'])
    // Nothing to work on, somebody else has it: the hand is free at once.
    fourth?.claimed(false)
    await leaves(3)
    expect((await take())?.chunkIds).toEqual(['5'])
    await takeAll(other, ids(6, 8))
    await leaves(0)
  })

  test('small chunks go in one message, a large one alone, and takeNow() gives what is here already', async () => {
    const [queue, publisher] = [openOne(), openOne()]
    const announced = [30, 30, 10, 500, 64, 1, 2].map((size, at) => ({ id: `${at + 1}`, group: at + 1, size }))
    expect(queue.takeNow()).toBeUndefined()
    expect((await publisher.publish(announced)).toSorted()).toEqual(ids(1, 7))
    const taken = [await queue.take(never, 9)]
    await until('all have come', async () => {
      const next = queue.takeNow()
      if (next) taken.push(next)
      return taken.length === 5
    })
    expect(taken.map((delivery) => delivery?.chunkIds)).toEqual([['1', '2'], ['3'], ['4'], ['5'], ['6', '7']])
    expect(queue.takeNow()).toBeUndefined()
    for (const delivery of taken) delivery?.claimed(false)
    await until('nothing lies there', async () => (await publisher.inspect())?.messages === 0)
  })

  test(
    'race 16: a delivery of a connection that is gone is not acknowledged, and comes again',
    async () => {
      const [queue, publisher] = [openOne(), openOne()]
      await publisher.publish(chunks(1, 2))
      const held = await queue.take(never)
      expect(held?.chunkIds).toEqual(['1'])
      await broker.ctl('close_all_connections', 'test')
      held?.claimed(true)
      held?.done()
      await takeAll(queue, ids(1, 2))
      expect(
        await until('the queue is empty', async () => {
          const figures = await publisher.inspect().catch(() => undefined)
          return figures?.messages === 0 && figures
        }),
      ).toMatchObject({ deadLetters: 0 })
    },
    LONG,
  )

  test(
    'race 23: while the broker is short of memory nothing is published, and what is there is taken',
    async () => {
      const [queue, publisher] = [openOne(), openOne()]
      await publisher.publish(chunks(1, 5))
      await broker.ctl('set_vm_memory_high_watermark', '0.000001')
      // The broker tells a connection when it publishes.
      await until('it takes nothing', async () => (await publisher.publish(chunks(6, 6))).length === 0)
      await expect(publisher.check()).rejects.toMatchObject({ code: 'BROKER_BLOCKED' })
      await takeAll(queue, ids(1, 5))
      await broker.ctl('set_vm_memory_high_watermark', '0.4')
      await arrives(publisher, 7, 8)
      await takeAll(queue, ids(7, 8))
      await publisher.check()
    },
    LONG,
  )

  test(
    'a message that cannot be read goes to the dead letters, is counted and told, and holds nothing up',
    async () => {
      const raw = await connect(broker.url)
      const channel = await raw.createConfirmChannel()
      for (const body of [
        'not json',
        '{"v":2,"chunk_id":"1","campaign_id":1}',
        '{"v":1,"chunk_id":"x","campaign_id":1}',
      ])
        channel.sendToQueue(wire.queue, Buffer.from(body))
      await channel.waitForConfirms()
      const queue = openOne()
      await queue.publish(chunks(1, 1))
      expect((await queue.take(never))?.chunkIds).toEqual(['1'])
      await until('they are counted', async () => (await queue.inspect())?.deadLetters === 3)
      const dead = await channel.get(wire.deadLetters, { noAck: true })
      expect(dead ? dead.content.toString() : undefined).toBe('not json')
      expect(logged.filter(({ level }) => level === 'error')).toHaveLength(3)
      expect(JSON.stringify(logged)).not.toContain('not json')
      await raw.close()
    },
    LONG,
  )

  test(
    'a broker that is not there: an error that says so, then all is well once it is',
    async () => {
      await broker.stop()
      const queue = openOne()
      expect(await faultOf(queue)).toMatchObject({ code: 'BROKER_UNREACHABLE' })
      expect(await queue.publish(chunks(1, 1))).toEqual([])
      const taking = openOne().take(never)
      await broker.start()
      await isInOrder(queue)
      await arrives(queue, 1, 1)
      expect((await taking)?.chunkIds).toEqual(['1'])
    },
    LONG,
  )

  test(
    'queues of the same name and another kind: said in the log, and health',
    async () => {
      await Promise.all(open.splice(0).map((queue) => queue.close()))
      const raw = await connect(broker.url)
      const channel = await raw.createChannel()
      await channel.deleteQueue(wire.queue)
      await channel.assertQueue(wire.queue, { durable: true })
      const queue = openOne()
      expect(await faultOf(queue)).toMatchObject({ code: 'BROKER_QUEUE_DIFFERS' })
      await until('it is told', () => JSON.stringify(logged).includes('BROKER_QUEUE_DIFFERS'))
      await channel.deleteQueue(wire.queue)
      await isInOrder(queue)
      await raw.close()
    },
    LONG,
  )
})
