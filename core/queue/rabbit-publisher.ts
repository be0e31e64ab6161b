/** Publisher of chunk ids on RabbitMQ: an id that is confirmed, and not returned, has arrived (races 3, 4, 23 and 24). */
import type { ConfirmChannel, Message } from 'amqplib'
import type { Clock } from '../clock.ts'
import { Outage } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import type { Log } from '../log/log.ts'
import { brokerFault } from './faults.ts'
import { openLink } from './link.ts'
import { type Announced, type BrokerFigures, BUNDLE, type Publisher, type Wire } from './queue.ts'
import { declareTopology } from './topology.ts'

/** Messages in flight to the broker at once. */
const WINDOW = 256
const CONNECT_WAIT_MS = 1000
/** After so long without one confirm health says so, and after twice as long the connection is made anew. */
const DOUBT_MS = 5000
const SILENT_MS = 2 * DOUBT_MS
/**
 * Connections in a row that open well and get no confirm, after which the queue is declared anew. A broker that dies in the
 * first moments of a quorum queue may forget its log, and then restarts it as a member that waits for an election which
 * nobody calls: the queue looks healthy and never works again (seen with RabbitMQ 3.10.8; rabbitmq/rabbitmq-server issue
 * 10070).
 */
const SILENT_CONNECTIONS = 2

export interface RabbitPublisher extends Publisher {
  /** Rejects with the reason when nothing could be published now. */
  check(): Promise<void>
  inspect(): Promise<BrokerFigures>
  close(): Promise<void>
}

export async function openPublisher(
  url: string,
  { clock, log, wire }: { clock: Clock; log: Log; wire: Wire },
): Promise<RabbitPublisher> {
  const returned = new Set<unknown>()
  /** The channel over which messages went out that nothing has been heard of since, and when the first of them did. */
  let silent: { readonly channel: ConfirmChannel; readonly since: number } | undefined
  /** Connections in a row over which nothing was confirmed. */
  let silentConnections = 0
  const link = await openLink<ConfirmChannel>({
    url,
    clock,
    log,
    role: 'publish',
    setup: async (model, keep) => {
      const channel = keep(await model.createConfirmChannel())
      if (silentConnections >= SILENT_CONNECTIONS) await removeQueue(channel)
      await declareTopology(channel, wire)
      channel.on('return', ({ properties }: Message) => void returned.add(properties.messageId))
      return channel
    },
  })

  /** Resolves with true once the broker has the message. The `return` of a message that fits no queue comes before its confirm. */
  function send(channel: ConfirmChannel, { ids, group, messageId }: Bundle): Promise<boolean> {
    const body = wire.encode({ chunkIds: ids, group })
    const options = { persistent: true, mandatory: true, contentType: 'application/json', messageId }
    return new Promise((resolve) => {
      try {
        channel.sendToQueue(wire.queue, body, options, (error) => {
          if (!error) {
            silent = undefined
            silentConnections = 0
          }
          resolve(!error && !returned.delete(messageId))
        })
      } catch {
        resolve(false) // the channel has closed
      }
    })
  }

  async function publishWindow(bundles: readonly Bundle[]): Promise<string[]> {
    const channel = await connected()
    if (!channel || link.blocked()) return []
    returned.clear()
    if (silent?.channel !== channel) silent = { channel, since: clock.elapsed() }
    const arrived: Bundle[] = []
    const sends = bundles.map(async (bundle) => {
      if (await send(channel, bundle)) arrived.push(bundle)
    })
    await failpoint('relay.sent')
    await link.answered(Promise.all(sends))
    if (arrived.length < bundles.length && link.channel() === channel && !link.blocked()) await repair(channel)
    return arrived.flatMap(({ ids }) => ids)
  }

  /** Milliseconds that the broker has left all unanswered; a broker that is short of memory says so, and is not silent. */
  function silence(channel: ConfirmChannel): number {
    return silent?.channel === channel ? clock.elapsed() - silent.since : 0
  }

  /** The queue may have been deleted: declared anew, it takes what is published next. */
  async function repair(channel: ConfirmChannel): Promise<void> {
    try {
      await link.answered(declareTopology(channel, wire))
    } catch (error) {
      log.warn({ err: error }, 'Cannot declare the queues on RabbitMQ')
    }
    if (silence(channel) < SILENT_MS) return
    silentConnections++
    log.warn('RabbitMQ does not confirm messages: reconnecting')
    link.recycle()
  }

  /** Its ids are published again later, as after a purge. */
  async function removeQueue(channel: ConfirmChannel): Promise<void> {
    silentConnections = 0
    log.error({ queue: wire.queue }, 'RabbitMQ answers but confirms no messages: deleting and redeclaring the queue')
    await channel.deleteQueue(wire.queue)
  }

  /** Waits only for a connection that is being made for the first time: a caller has better to do in an outage. */
  async function connected(): Promise<ConfirmChannel | undefined> {
    if (link.channel() || link.failure()) return link.channel()
    const late = new AbortController()
    await Promise.race([link.ready(late.signal), clock.sleep(CONNECT_WAIT_MS, late.signal)])
    late.abort()
    return link.channel()
  }

  async function working(): Promise<ConfirmChannel> {
    const channel = await connected()
    if (!channel) throw brokerFault(link.failure())
    if (link.blocked())
      throw new Outage('BROKER_BLOCKED', 'RabbitMQ accepts no messages: it is short of memory or disk space')
    return channel
  }

  /** Asking for a queue that is gone closes the channel; the next one declares it. */
  async function ask(queue: string) {
    const channel = await working()
    const answer = await link.answered(channel.checkQueue(queue))
    if (!answer) throw new Outage('BROKER_SILENT', 'RabbitMQ does not answer', { cause: link.failure() })
    return answer
  }

  return {
    publish: async (chunks) => {
      const arrived: string[] = []
      const bundles = bundle(chunks)
      for (let at = 0; at < bundles.length; at += WINDOW)
        arrived.push(...(await publishWindow(bundles.slice(at, at + WINDOW))))
      return arrived
    },
    check: async () => {
      await ask(wire.queue)
      if (silence(await working()) >= DOUBT_MS)
        throw new Outage('BROKER_SILENT', 'RabbitMQ does not confirm published messages')
    },
    inspect: async () => {
      const [sends, dead] = [await ask(wire.queue), await ask(wire.deadLetters)]
      return { messages: sends.messageCount, consumers: sends.consumerCount, deadLetters: dead.messageCount }
    },
    close: () => link.close(),
  }
}

/** Chunks that go in one message. */
interface Bundle {
  readonly ids: readonly string[]
  readonly group: number
  readonly messageId: string
}

/** Small chunks side by side, as many as a worker takes for one; a larger chunk by itself. */
function bundle(chunks: readonly Announced[]): Bundle[] {
  const bundles: Bundle[] = []
  let ids: string[] = []
  let room = 0
  for (const { id, group, size } of chunks) {
    if (size > room) {
      ids = []
      room = Math.max(BUNDLE, size)
      bundles.push({ ids, group, messageId: id })
    }
    ids.push(id)
    room -= size
  }
  return bundles
}
