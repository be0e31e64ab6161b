/**
 * Taking chunk ids from RabbitMQ. A delivery is acknowledged when its chunk has been worked off, and the broker sends no more
 * than a worker has hands: they come while it claims earlier ones, and with its hands full it keeps nothing from the others.
 * What the broker repeats after a broken connection finds its chunk claimed, and the lease says by whom (race 9).
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

/** @param hands messages that are sent before one of them is acknowledged */
export async function openConsumer(
  url: string,
  hands: number,
  { clock, log }: { clock: Clock; log: Log },
): Promise<RabbitConsumer> {
  const received: Received[] = []
  let wake: AbortController | undefined

  const link = await openLink<Channel>({
    url,
    clock,
    log,
    role: 'consume',
    setup: async (model, keep) => {
      const channel = keep(await model.createChannel())
      await declareTopology(channel)
      await channel.prefetch(hands)
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

  function acknowledge(one: Received): void {
    if (isCurrent(one)) one.channel.ack(one.message)
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
    if (!channel) return
    const waiting = await link.answered(channel.checkQueue(SENDS)).catch(() => undefined)
    if (waiting?.messageCount === 0 || received.length > 0 || channel !== link.channel()) return
    log.warn(
      { messages: waiting?.messageCount },
      'RabbitMQ has messages and delivers none, or does not answer: connecting again',
    )
    link.recycle()
  }

  /** The message as a delivery; undefined when it cannot be read. */
  function open(one: Received): Delivery | undefined {
    const { channel, message } = one
    const body = decodeBody(message.content)
    let worked = false
    if (body)
      return {
        chunkId: body.chunkId,
        claimed: (work) => {
          worked = work
          if (!work) acknowledge(one)
        },
        done: () => {
          if (worked) acknowledge(one)
        },
      }
    log.error({ bytes: message.content.length }, 'A message on RabbitMQ cannot be read: moved to the dead letters')
    channel.nack(message, false, false)
    return undefined
  }

  return {
    take: async (stop) => {
      while (!stop.aborted) {
        await wait(stop)
        // A delivery may come before its connection is all set up.
        await link.ready(stop)
        const one = received.shift()
        const delivery = one && isCurrent(one) && !stop.aborted ? open(one) : undefined
        if (delivery) return delivery
      }
      return undefined
    },
    close: () => link.close(),
  }
}
