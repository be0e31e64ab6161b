/**
 * Taking chunk ids from RabbitMQ, one at a time. A delivery is acknowledged when its chunk has been claimed, and not before
 * the worker has a hand free for what the broker sends instead: with its hands full it keeps nothing from the others. What
 * the broker repeats after a broken connection finds its chunk claimed, and the lease says by whom (race 9).
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { decodeBody } from './body.ts'
import { openLink } from './link.ts'
import type { Consumer, Delivery } from './queue.ts'
import { declareTopology, SENDS } from './topology.ts'

/**
 * After so long without a delivery the worker looks whether the queue is really empty (race 25): RabbitMQ 3.10 says
 * nothing to a subscriber when a quorum queue is deleted and made again at once.
 */
const SUSPECT_MS = 2000

/** Messages that come while the worker claims an earlier one, so that it need not wait for each. */
const AHEAD = 4

export interface RabbitConsumer extends Consumer {
  close(): Promise<void>
}

/** A message with the channel that it came over: only there may it be acknowledged (race 16). */
interface Received {
  readonly channel: Channel
  readonly message: ConsumeMessage
}

export async function openConsumer(url: string, { clock, log }: { clock: Clock; log: Log }): Promise<RabbitConsumer> {
  /** Not asked for yet. */
  const received: Received[] = []
  /** Not acknowledged yet, the oldest first. */
  let taken: Received[] = []
  /** Chunks that the worker could take up, when it asked last. */
  let hands = 1
  /** Messages that the broker sends before it is answered; as many as there are hands, or the rest would be kept from others. */
  let ahead = 1
  let wake: AbortController | undefined

  const link = await openLink<Channel>({
    url,
    log,
    role: 'consume',
    setup: async (model, keep) => {
      const channel = keep(await model.createChannel())
      await declareTopology(channel)
      ahead = Math.min(AHEAD, hands)
      await channel.prefetch(ahead)
      const subscribe = () =>
        channel.consume(SENDS, (message) => {
          if (message) arrive({ channel, message })
          else void resubscribe()
        })
      /** The broker took the subscription away: the queue was deleted, or has moved (race 25). */
      const resubscribe = async () => {
        log.warn('RabbitMQ ended the subscription, subscribing again')
        try {
          await declareTopology(channel)
          await subscribe()
        } catch {
          link.recycle()
        }
      }
      await subscribe()
      return channel
    },
  })

  function arrive(one: Received): void {
    received.push(one)
    wake?.abort()
  }

  /** False for what came over a channel that is gone: the broker delivers it again. */
  const isCurrent = ({ channel }: Received) => channel === link.channel()

  /** All but so many: those keep the broker from sending what there is no hand for. */
  function acknowledge(spare = 0): void {
    taken = taken.filter(isCurrent)
    for (const { channel, message } of taken.splice(0, Math.max(0, taken.length - spare))) channel.ack(message)
  }

  async function wait(stop: AbortSignal): Promise<void> {
    if (received.length > 0 || stop.aborted) return
    wake = new AbortController()
    await link.ready(AbortSignal.any([stop, wake.signal]))
    await clock.sleep(SUSPECT_MS, AbortSignal.any([stop, wake.signal]))
    wake = undefined
    if (received.length === 0 && !stop.aborted) await suspect()
  }

  async function suspect(): Promise<void> {
    const channel = link.channel()
    const waiting = await channel?.checkQueue(SENDS).catch(() => undefined)
    if (!waiting || waiting.messageCount === 0 || received.length > 0) return
    log.warn({ messages: waiting.messageCount }, 'RabbitMQ has messages and delivers none, connecting again')
    link.recycle()
  }

  /** The message as a delivery; undefined when it cannot be read. */
  function open(one: Received): Delivery | undefined {
    const { channel, message } = one
    const body = decodeBody(message.content)
    if (body) {
      taken.push(one)
      return { chunkId: body.chunkId, done: () => {} }
    }
    log.error({ bytes: message.content.length }, 'A message on RabbitMQ cannot be read: moved to the dead letters')
    channel.nack(message, false, false)
    return undefined
  }

  return {
    take: async (stop, free = 1) => {
      hands = free
      acknowledge(Math.max(0, ahead - hands))
      while (!stop.aborted) {
        await wait(stop)
        const one = received.shift()
        const delivery = one && isCurrent(one) && !stop.aborted ? open(one) : undefined
        if (delivery) return delivery
      }
      return undefined
    },
    close: () => {
      acknowledge()
      return link.close()
    },
  }
}
