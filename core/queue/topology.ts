/** Queues on the broker. Every process declares them; a second declaration changes nothing. */
import type { Channel } from 'amqplib'

/** Chunks to work on. */
export const SENDS = 'campaign_sends'
/** Messages that no worker could read. */
export const DEAD = 'campaign_sends.dead'

/** Quorum queues: kept on disk, and on most brokers of a cluster (RabbitMQ's manual, "Quorum Queues"). */
const quorum = { 'x-queue-type': 'quorum' }

/** @throws Error when the broker has queues of these names that are of another kind */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertQueue(DEAD, { durable: true, arguments: quorum })
  await channel.assertQueue(SENDS, {
    durable: true,
    arguments: { ...quorum, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': DEAD },
  })
}
