/** Handing chunk ids to RabbitMQ: what is confirmed, and was not sent back, has arrived (races 3, 4, 23 and 24). */
import type { ConfirmChannel, Message } from 'amqplib'
import type { Clock } from '../clock.ts'
import { failpoint } from '../failpoint.ts'
import type { Log } from '../log.ts'
import { encodeBody } from './body.ts'
import { openLink } from './link.ts'
import type { BrokerFigures, Publisher } from './queue.ts'
import { DEAD, declareTopology, SENDS } from './topology.ts'

/** Messages that are under way to the broker at once. */
const WINDOW = 256
/** Until an answer counts as lost; the broker confirms a message once it lies on disk. */
const ANSWER_TIMEOUT_MS = 5000
const CONNECT_WAIT_MS = 1000

export interface RabbitPublisher extends Publisher {
  /** Rejects with the reason when nothing could be published now. */
  check(): Promise<void>
  inspect(): Promise<BrokerFigures>
  close(): Promise<void>
}

function outOfOrder(code: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { code })
}

export async function openPublisher(url: string, { clock, log }: { clock: Clock; log: Log }): Promise<RabbitPublisher> {
  const returned = new Set<unknown>()
  const link = await openLink<ConfirmChannel>({
    url,
    log,
    role: 'publish',
    setup: async (model, keep) => {
      const channel = keep(await model.createConfirmChannel())
      await declareTopology(channel)
      channel.on('return', ({ properties }: Message) => void returned.add(properties.messageId))
      return channel
    },
  })

  /** Whether the broker has it. The `return` of a message that fits no queue comes before its confirm. */
  function send(channel: ConfirmChannel, chunk: { id: string; campaignId: number }): Promise<boolean> {
    const body = encodeBody({ chunkId: chunk.id, campaignId: chunk.campaignId })
    const options = { persistent: true, mandatory: true, contentType: 'application/json', messageId: chunk.id }
    return new Promise((resolve) => {
      try {
        channel.sendToQueue(SENDS, body, options, (error) => resolve(!error && !returned.delete(chunk.id)))
      } catch {
        resolve(false) // the channel has closed
      }
    })
  }

  async function publishWindow(chunks: Parameters<Publisher['publish']>[0]): Promise<string[]> {
    const channel = await connected()
    if (!channel || link.blocked()) return []
    returned.clear()
    const arrived: string[] = []
    const sends = chunks.map(async (chunk) => {
      if (await send(channel, chunk)) arrived.push(chunk.id)
    })
    await failpoint('relay.sent')
    await answered(Promise.all(sends))
    if (arrived.length < chunks.length && link.channel() === channel && !link.blocked()) await repair(channel)
    return arrived
  }

  /** Waits for an answer as long as one may come. @returns undefined when none did */
  async function answered<T>(answer: Promise<T>): Promise<T | undefined> {
    const enough = new AbortController()
    const late = clock.sleep(ANSWER_TIMEOUT_MS, AbortSignal.any([enough.signal, link.trouble()]))
    try {
      return await Promise.race([answer, late.then(() => undefined)])
    } finally {
      enough.abort()
    }
  }

  /** The queue may have been deleted: declared anew, it takes what is published next. */
  async function repair(channel: ConfirmChannel): Promise<void> {
    try {
      await answered(declareTopology(channel))
    } catch (error) {
      log.warn({ err: error }, 'Cannot declare the queues on RabbitMQ')
    }
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
    if (!channel) throw outOfOrder('NOT_CONNECTED', 'There is no connection to RabbitMQ', link.failure())
    if (link.blocked()) throw outOfOrder('BLOCKED', 'RabbitMQ takes no messages: it is short of memory or disk')
    return channel
  }

  /** Asking for a queue that is gone closes the channel; the next one declares it. */
  async function ask(queue: string) {
    const channel = await working()
    const answer = await answered(channel.checkQueue(queue))
    if (!answer) throw outOfOrder('NO_ANSWER', 'RabbitMQ does not answer', link.failure())
    return answer
  }

  return {
    publish: async (chunks) => {
      const arrived: string[] = []
      for (let at = 0; at < chunks.length; at += WINDOW)
        arrived.push(...(await publishWindow(chunks.slice(at, at + WINDOW))))
      return arrived
    },
    check: async () => void (await ask(SENDS)),
    inspect: async () => {
      const [sends, dead] = [await ask(SENDS), await ask(DEAD)]
      return { messages: sends.messageCount, consumers: sends.consumerCount, deadLetters: dead.messageCount }
    },
    close: () => link.close(),
  }
}
