/**
 * Consumer of chunk ids on RabbitMQ. A delivery is acknowledged once its chunk is worked off, so a worker holds no more ids
 * than it works on, and a busy one leaves the rest to others. A delivery that the broker repeats after a broken connection
 * finds its chunk claimed (race 9).
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import { type Link, openLink, type RabbitOptions } from './link.ts'
import type { Consumer, Delivery } from './queue.ts'
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

/** A consumer's link with the messages that have come over it. */
interface Incoming extends RabbitOptions {
  readonly link: Link<Channel>
  readonly arrivals: ReturnType<typeof openArrivals>
}

/** @param prefetch deliveries that the broker sends before one of them is acknowledged */
export async function openConsumer(url: string, prefetch: number, options: RabbitOptions): Promise<RabbitConsumer> {
  const { clock, log, wire } = options
  const arrivals = openArrivals()
  const link = await openLink<Channel>({
    url,
    clock,
    log,
    role: 'consume',
    setup: async (model, keep) => {
      const channel = keep(await model.createChannel())
      await declareTopology(channel, wire)
      await channel.prefetch(prefetch)
      await subscribe(channel, options, { arrive: arrivals.add, lost: () => link.recycle() })
      return channel
    },
  })
  const incoming: Incoming = { ...options, link, arrivals }
  return {
    take: async (stop) => {
      while (!stop.aborted) {
        await wait(incoming, stop)
        await link.ready(stop)
        const delivery = stop.aborted ? undefined : takeNow(incoming)
        if (delivery) return delivery
      }
      return undefined
    },
    takeNow: () => takeNow(incoming),
    close: () => link.close(),
  }
}

/** Messages that have come and are not taken yet. */
function openArrivals() {
  const received: Received[] = []
  let wake: AbortController | undefined
  return {
    any: () => received.length > 0,
    shift: () => received.shift(),
    add: (message: Received) => {
      received.push(message)
      wake?.abort()
    },
    /** @returns a signal that aborts when the next message comes */
    next: (): AbortSignal => {
      wake = new AbortController()
      return wake.signal
    },
  }
}

async function wait(incoming: Incoming, stop: AbortSignal): Promise<void> {
  const { link, arrivals, clock } = incoming
  if (arrivals.any() || stop.aborted) return
  const woken = AbortSignal.any([stop, arrivals.next()])
  await link.ready(woken)
  await clock.sleep(SUSPECT_MS, woken)
  if (!arrivals.any() && !stop.aborted) await suspect(incoming)
}

async function suspect({ link, arrivals, log, wire }: Incoming): Promise<void> {
  const channel = link.channel()
  if (!channel) return
  const waiting = await link.answered(channel.checkQueue(wire.queue)).catch(() => undefined)
  if (waiting?.messageCount === 0 || arrivals.any() || channel !== link.channel()) return
  log.warn(
    { messages: waiting?.messageCount },
    'RabbitMQ has messages but delivers none, or does not answer: reconnecting',
  )
  link.recycle()
}

function takeNow(incoming: Incoming): Delivery | undefined {
  const { link, arrivals } = incoming
  // A delivery may come before its connection is all set up.
  if (!link.channel()) return undefined
  for (let next = arrivals.shift(); next; next = arrivals.shift()) {
    const delivery = isCurrent(link, next) ? open(incoming, next) : undefined
    if (delivery) return delivery
  }
  return undefined
}

/** False where the channel is gone: the broker delivers the message again. */
const isCurrent = (link: Link<Channel>, { channel }: Received) => channel === link.channel()

interface Subscriber {
  arrive(message: Received): void
  /** The queue cannot be subscribed to again over this connection. */
  lost(): void
}

async function subscribe(channel: Channel, { log, wire }: RabbitOptions, { arrive, lost }: Subscriber): Promise<void> {
  const consume = () =>
    channel.consume(wire.queue, (message) => {
      if (message) arrive({ channel, message })
      else void consumeAgain()
    })
  /** The broker ended the subscription: the queue was deleted, or has moved (race 25). */
  const consumeAgain = async () => {
    log.warn('RabbitMQ ended the subscription: subscribing again')
    try {
      await declareTopology(channel, wire)
      await consume()
    } catch {
      lost()
    }
  }
  await consume()
}

/** @returns undefined when the message cannot be read */
function open({ link, log, wire }: Incoming, received: Received): Delivery | undefined {
  const { channel, message } = received
  const body = wire.decode(message.content)
  if (!body) {
    log.error({ bytes: message.content.length }, 'Unreadable message on RabbitMQ moved to the dead letters')
    channel.nack(message, false, false)
    return undefined
  }
  const acknowledge = () => {
    if (isCurrent(link, received)) channel.ack(message)
  }
  let worked = false
  return {
    chunkIds: body.chunkIds,
    claimed: (work) => {
      worked = work
      if (!work) acknowledge()
    },
    done: () => {
      if (worked) acknowledge()
    },
  }
}
