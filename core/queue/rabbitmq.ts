/**
 * RabbitMQ as the queue, over a connection to publish and another to consume: a broker that is short of memory stops
 * reading from those that publish, and must still hear the acknowledgements. Each is opened when it is first used.
 */
import type { RabbitOptions } from './link.ts'
import type { Queue } from './queue.ts'
import { openConsumer, type RabbitConsumer } from './rabbit-consumer.ts'
import { openPublisher } from './rabbit-publisher.ts'

export function openRabbitQueue(url: string, options: RabbitOptions): Queue {
  let publisher: ReturnType<typeof openPublisher> | undefined
  let consumer: ReturnType<typeof openConsumer> | undefined
  let opened: RabbitConsumer | undefined
  const publishing = () => (publisher ??= openPublisher(url, options))
  const consuming = async (prefetch: number) => {
    consumer ??= openConsumer(url, prefetch, options)
    opened = await consumer
    return opened
  }
  return {
    name: 'rabbitmq',
    publish: async (chunks) => (await publishing()).publish(chunks),
    take: async (stop, prefetch = 1) => (await consuming(prefetch)).take(stop),
    takeNow: () => opened?.takeNow(),
    check: async () => (await publishing()).check(),
    inspect: async () => (await publishing()).inspect(),
    close: async () => {
      const open = await Promise.all([publisher, consumer])
      await Promise.all(open.map((one) => one?.close()))
    },
  }
}
