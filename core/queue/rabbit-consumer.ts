/**
 * Taking chunk ids from RabbitMQ, one at a time. A delivery is acknowledged when the next one is asked for, so a worker
 * with its hands full keeps nothing from the others. Until then its chunk is claimed, and the lease says whose it is: what
 * the broker repeats after a broken connection finds it taken (race 9).
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

export interface RabbitConsumer extends Consumer {
  close(): Promise<void>
}

/** A message with the channel that it came over: only there may it be acknowledged (race 16). */
interface Received {
  readonly channel: Channel
  readonly message: ConsumeMessage
}

export async function openConsumer(url: string, { clock, log }: { clock: Clock; log: Log }): Promise<RabbitConsumer> {
  let received: Received | undefined
  let taken: Received | undefined
  let wake: AbortController | undefined

  const link = await openLink<Channel>({
    url,
    log,
    role: 'consume',
    setup: async (model, keep) => {
      const channel = keep(await model.createChannel())
      await declareTopology(channel)
      await channel.prefetch(1)
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
    received = one
    wake?.abort()
  }

  /** Drops what came over a channel that is gone: the broker delivers it again. */
  function settle(one: Received | undefined, action: (one: Received) => void): void {
    if (one && one.channel === link.channel()) action(one)
  }

  const acknowledge = () => {
    settle(taken, ({ channel, message }) => channel.ack(message))
    taken = undefined
  }

  async function wait(stop: AbortSignal): Promise<void> {
    if (received || stop.aborted) return
    wake = new AbortController()
    await link.ready(AbortSignal.any([stop, wake.signal]))
    await clock.sleep(SUSPECT_MS, AbortSignal.any([stop, wake.signal]))
    wake = undefined
    if (!received && !stop.aborted) await suspect()
  }

  async function suspect(): Promise<void> {
    const channel = link.channel()
    const waiting = await channel?.checkQueue(SENDS).catch(() => undefined)
    if (!waiting || waiting.messageCount === 0 || received) return
    log.warn({ messages: waiting.messageCount }, 'RabbitMQ has messages and delivers none, connecting again')
    link.recycle()
  }

  /** The message as a delivery; undefined when it cannot be read. */
  function open(one: Received): Delivery | undefined {
    const body = decodeBody(one.message.content)
    if (body) {
      taken = one
      return { chunkId: body.chunkId, done: () => {} }
    }
    log.error({ bytes: one.message.content.length }, 'A message on RabbitMQ cannot be read: moved to the dead letters')
    settle(one, ({ channel, message }) => channel.nack(message, false, false))
    return undefined
  }

  return {
    take: async (stop) => {
      acknowledge()
      while (!stop.aborted) {
        await wait(stop)
        const one = received
        received = undefined
        const delivery = one && one.channel === link.channel() && !stop.aborted ? open(one) : undefined
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
