/** Publisher of chunk ids on RabbitMQ: an id that is confirmed, and not returned, has arrived (races 3, 4, 23 and 24). */
import type { ConfirmChannel, Message } from 'amqplib'
import { Outage } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import { brokerFault } from './faults.ts'
import { type Link, openLink, type RabbitOptions } from './link.ts'
import { type Announced, type BrokerFigures, BUNDLE, type Publisher } from './queue.ts'
import { openSilence, type Silence } from './silence.ts'
import { declareTopology } from './topology.ts'

/** Messages in flight to the broker at once. */
const WINDOW = 256
const CONNECT_WAIT_MS = 1000
/** After so long without one confirm health says so, and after twice as long the connection is made anew. */
const DOUBT_MS = 5000
const SILENT_MS = 2 * DOUBT_MS

export interface RabbitPublisher extends Publisher {
  /** Rejects with the reason when nothing could be published now. */
  check(): Promise<void>
  inspect(): Promise<BrokerFigures>
  close(): Promise<void>
}

/** A publisher's link with what is known of the messages that went over it. */
interface Outgoing extends RabbitOptions {
  readonly link: Link<ConfirmChannel>
  readonly silence: Silence
  /** Ids of messages that the broker has sent back. */
  readonly returned: Set<unknown>
}

export async function openPublisher(url: string, options: RabbitOptions): Promise<RabbitPublisher> {
  const { clock, log, wire } = options
  const silence = openSilence(clock)
  const returned = new Set<unknown>()
  const link = await openLink<ConfirmChannel>({
    url,
    clock,
    log,
    role: 'publish',
    setup: async (model, keep) => {
      const channel = keep(await model.createConfirmChannel())
      if (silence.isStuck()) {
        silence.startOver()
        await removeQueue(channel, options)
      }
      await declareTopology(channel, wire)
      channel.on('return', ({ properties }: Message) => void returned.add(properties.messageId))
      return channel
    },
  })
  const outgoing: Outgoing = { ...options, link, silence, returned }
  return {
    publish: async (chunks) => {
      const arrived: string[] = []
      const bundles = bundle(chunks)
      for (let at = 0; at < bundles.length; at += WINDOW)
        arrived.push(...(await publishWindow(outgoing, bundles.slice(at, at + WINDOW))))
      return arrived
    },
    check: async () => {
      await ask(outgoing, wire.queue)
      if (silence.of(await working(outgoing)) >= DOUBT_MS)
        throw new Outage('BROKER_SILENT', 'RabbitMQ does not confirm published messages')
    },
    inspect: async () => {
      const [sends, dead] = [await ask(outgoing, wire.queue), await ask(outgoing, wire.deadLetters)]
      return { messages: sends.messageCount, consumers: sends.consumerCount, deadLetters: dead.messageCount }
    },
    close: () => link.close(),
  }
}

/** @returns ids of the chunks that have arrived */
async function publishWindow(outgoing: Outgoing, bundles: readonly Bundle[]): Promise<string[]> {
  const { link, silence, returned } = outgoing
  const channel = await connected(outgoing)
  if (!channel || link.blocked()) return []
  returned.clear()
  silence.begin(channel)
  const arrived: Bundle[] = []
  const sends = bundles.map(async (bundle) => {
    if (await send(outgoing, channel, bundle)) arrived.push(bundle)
  })
  await failpoint('relay.sent')
  await link.answered(Promise.all(sends))
  if (arrived.length < bundles.length && link.channel() === channel && !link.blocked()) await repair(outgoing, channel)
  return arrived.flatMap(({ ids }) => ids)
}

/** Resolves with true once the broker has the message. The `return` of a message that fits no queue comes before its confirm. */
function send({ wire, silence, returned }: Outgoing, channel: ConfirmChannel, bundle: Bundle): Promise<boolean> {
  const { ids, group, messageId } = bundle
  const body = wire.encode({ chunkIds: ids, group })
  const options = { persistent: true, mandatory: true, contentType: 'application/json', messageId }
  return new Promise((resolve) => {
    try {
      channel.sendToQueue(wire.queue, body, options, (error) => {
        if (!error) silence.end()
        resolve(!error && !returned.delete(messageId))
      })
    } catch {
      resolve(false) // the channel has closed
    }
  })
}

/** The queue may have been deleted: declared anew, it takes what is published next. */
async function repair({ link, log, silence, wire }: Outgoing, channel: ConfirmChannel): Promise<void> {
  try {
    await link.answered(declareTopology(channel, wire))
  } catch (error) {
    log.warn({ err: error }, 'Cannot declare the queues on RabbitMQ')
  }
  if (silence.of(channel) < SILENT_MS) return
  silence.giveUp()
  log.warn('RabbitMQ does not confirm messages: reconnecting')
  link.recycle()
}

/** Its ids are published again later, as after a purge. */
async function removeQueue(channel: ConfirmChannel, { log, wire }: RabbitOptions): Promise<void> {
  log.error({ queue: wire.queue }, 'RabbitMQ answers but confirms no messages: deleting and redeclaring the queue')
  await channel.deleteQueue(wire.queue)
}

/** Waits only for a connection that is being made for the first time: a caller has better to do in an outage. */
async function connected({ link, clock }: Outgoing): Promise<ConfirmChannel | undefined> {
  if (link.channel() || link.failure()) return link.channel()
  const late = new AbortController()
  await Promise.race([link.ready(late.signal), clock.sleep(CONNECT_WAIT_MS, late.signal)])
  late.abort()
  return link.channel()
}

async function working(outgoing: Outgoing): Promise<ConfirmChannel> {
  const { link } = outgoing
  const channel = await connected(outgoing)
  if (!channel) throw brokerFault(link.failure())
  if (link.blocked())
    throw new Outage('BROKER_BLOCKED', 'RabbitMQ accepts no messages: it is short of memory or disk space')
  return channel
}

/** Asking for a queue that is gone closes the channel; the next one declares it. */
async function ask(outgoing: Outgoing, queue: string) {
  const { link } = outgoing
  const channel = await working(outgoing)
  const answer = await link.answered(channel.checkQueue(queue))
  if (!answer) throw new Outage('BROKER_SILENT', 'RabbitMQ does not answer', { cause: link.failure() })
  return answer
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
