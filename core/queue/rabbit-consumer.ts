/**
 * Consumer of chunk ids on RabbitMQ. A delivery is acknowledged once its chunk is worked off, so a worker holds no more ids
 * than it works on, and a busy one leaves the rest to others. A delivery that the broker repeats after a broken connection
 * finds its chunk claimed (race 9).
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/log.ts'
import { openLink } from './link.ts'
import type { Consumer, Delivery, Wire } from './queue.ts'
import { declareTopology } from './topology.ts'

/**
 * Time without a delivery after which the consumer asks whether the queue is empty (race 25): RabbitMQ 3.10 does not tell
 * a subscriber when a quorum queue is deleted and declared again at once.
 */
const SUSPECT_MS = 2000

export interface RabbitConsumer extends Consumer {
  close(): Promise<void>
}

/** A message with the channel that delivered it, the only one on which it may be acknowledged (race 16). */
interface Received {
  readonly channel: Channel
  readonly message: ConsumeMessage
}

/** @param prefetch deliveries that the broker sends before one of them is acknowledged */
export async function openConsumer(
  url: string,
  prefetch: number,
  { clock, log, wire }: { clock: Clock; log: Log; wire: Wire },
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
      await declareTopology(channel, wire)
      await channel.prefetch(prefetch)
      const subscribe = () =>
        channel.consume(wire.queue, (message) => {
          if (message) arrive({ channel, message })
          else void resubscribe()
        })
      /** The broker ended the subscription: the queue was deleted, or has moved (race 25). */
      const resubscribe = async () => {
        log.warn('RabbitMQ ended the subscription: subscribing again')
        try {
          await declareTopology(channel, wire)
          await subscribe()
        } catch {
          link.recycle()
        }
      }
      await subscribe()
      return channel
    },
  })

  function arrive(delivered: Received): void {
    received.push(delivered)
    wake?.abort()
  }

  /** False where the channel is gone: the broker delivers the message again. */
  const isCurrent = ({ channel }: Received) => channel === link.channel()

  function acknowledge(delivered: Received): void {
    if (isCurrent(delivered)) delivered.channel.ack(delivered.message)
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
    const waiting = await link.answered(channel.checkQueue(wire.queue)).catch(() => undefined)
    if (waiting?.messageCount === 0 || received.length > 0 || channel !== link.channel()) return
    log.warn(
      { messages: waiting?.messageCount },
      'RabbitMQ has messages but delivers none, or does not answer: reconnecting',
    )
    link.recycle()
  }

  /** @returns undefined when the message cannot be read */
  function open({ channel, message }: Received): Delivery | undefined {
    const body = wire.decode(message.content)
    let worked = false
    if (body)
      return {
        chunkIds: body.chunkIds,
        claimed: (work) => {
          worked = work
          if (!work) acknowledge({ channel, message })
        },
        done: () => {
          if (worked) acknowledge({ channel, message })
        },
      }
    log.error({ bytes: message.content.length }, 'Unreadable message on RabbitMQ moved to the dead letters')
    channel.nack(message, false, false)
    return undefined
  }

  function takeNow(): Delivery | undefined {
    // A delivery may come before its connection is all set up.
    if (!link.channel()) return undefined
    for (let next = received.shift(); next; next = received.shift()) {
      const delivery = isCurrent(next) ? open(next) : undefined
      if (delivery) return delivery
    }
    return undefined
  }

  return {
    take: async (stop) => {
      while (!stop.aborted) {
        await wait(stop)
        await link.ready(stop)
        const delivery = stop.aborted ? undefined : takeNow()
        if (delivery) return delivery
      }
      return undefined
    },
    takeNow,
    close: () => link.close(),
  }
}
