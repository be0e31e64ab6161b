/** Queues on the broker. Every process declares them; a second declaration changes nothing. */
import type { Channel } from 'amqplib'
import type { Wire } from './queue.ts'

/** Quorum queues: kept on disk, and on most brokers of a cluster (RabbitMQ's manual, "Quorum Queues"). */
const quorum = { 'x-queue-type': 'quorum' }

/** @throws Error when the broker has queues of these names that are of another kind */
export async function declareTopology(channel: Channel, { queue, deadLetters }: Wire): Promise<void> {
  await channel.assertQueue(deadLetters, { durable: true, arguments: quorum })
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { ...quorum, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': deadLetters },
  })
}
