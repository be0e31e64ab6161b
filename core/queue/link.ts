/**
 * A connection to RabbitMQ that comes back by itself, with one channel. A channel that breaks takes its connection with
 * it, so that there is one way to begin anew: connect, declare, set up. Each channel is one generation; whoever keeps
 * something of an earlier one (a delivery, a confirm) finds that `channel()` has changed.
 */
import type { Socket } from 'node:net'
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib'
import { type Clock, within } from '../clock.ts'
import type { Log } from '../log/log.ts'
import { brokerFault } from './faults.ts'

/** Seconds; two missed ones end the connection. Long enough for a stall of the event loop (race 15). */
const HEARTBEAT_SECONDS = 20
const CONNECT_TIMEOUT_MS = 5000
const LONGEST_PAUSE_MS = 1000
/**
 * Until an answer counts as lost: a queue that has lost its leader keeps whoever asks it for anything waiting for good, and
 * heartbeats go on. The broker confirms a message once it lies on disk.
 */
const ANSWER_TIMEOUT_MS = 5000
/** For all that a new connection asks for, the removal of a queue without a leader included: 5 s on RabbitMQ 3.10. */
const SETUP_TIMEOUT_MS = 20_000
const CLOSE_TIMEOUT_MS = 1000

export interface LinkOptions<C> {
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  /** `publish` or `consume`, for the log and the broker's list of connections. */
  readonly role: string
  /** Opens the channel, hands it to `keep` before it is used, declares what it needs; for each new connection. */
  readonly setup: (model: ChannelModel, keep: (channel: C) => C) => Promise<C>
}

export interface Link<C> {
  /** The channel of the connection that stands; undefined while there is none. */
  channel(): C | undefined
  /** Resolves when there is a channel, or when `signal` aborts. */
  ready(signal: AbortSignal): Promise<void>
  /** True while the broker takes no messages, since it is short of memory or disk (race 23). */
  blocked(): boolean
  /** Waits for an answer for 5 seconds, and no longer than the connection lasts. Undefined if none came. */
  answered<T>(answer: Promise<T>): Promise<T | undefined>
  /** The latest failure while there is no channel; undefined when none is known. */
  failure(): Error | undefined
  /** Drops the connection and opens a new one. */
  recycle(): void
  close(): Promise<void>
}

interface Breakable {
  on(event: 'close' | 'error', listener: (error?: Error) => void): unknown
}

function withHeartbeat(url: string): string {
  const address = new URL(url)
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS))
  return address.href
}

/** Ends a connection in order, or, when the broker does not answer to that, by its socket, which amqplib's types do not show. */
async function hangUp(model: ChannelModel, clock: Clock): Promise<void> {
  const orderly = model.close().then(
    () => true,
    () => true, // it is gone already
  )
  if (await within(CLOSE_TIMEOUT_MS, orderly, clock)) return
  const { stream } = model.connection as unknown as { stream: Socket }
  stream.destroy(new Error('RabbitMQ did not close the connection'))
}

export async function openLink<C extends Breakable>({
  url,
  clock,
  log,
  role,
  setup,
}: LinkOptions<C>): Promise<Link<C>> {
  let channel: C | undefined
  let model: ChannelModel | undefined
  let failure: Error | undefined
  let logged = false
  let blocked = false
  /** Aborts when the current channel is lost, or the broker blocks publishers: no answer will come. */
  let unavailable = new AbortController()
  let closing = false
  let waiting: (() => void)[] = []

  const recycle = () => {
    unavailable.abort()
    channel = undefined
    if (model) void hangUp(model, clock)
    model = undefined
  }
  const lost = (error?: Error) => {
    failure = error ?? failure
    blocked = false
    channel = undefined
    unavailable.abort()
  }

  const connection: RecoveringChannelModel = await connect(withHeartbeat(url), {
    noDelay: true,
    timeout: CONNECT_TIMEOUT_MS,
    clientProperties: { connection_name: `campaign-dispatch ${role}` },
    recovery: {
      waitForConnect: false,
      maxDelay: LONGEST_PAUSE_MS,
      setup: async (opened: ChannelModel) => {
        // Without a listener the error of a channel or connection would end the process; `close` follows it.
        opened.on('error', lost)
        let gone = false
        opened.on('close', () => {
          gone = true
        })
        const made = await within(
          SETUP_TIMEOUT_MS,
          setup(opened, (channel) => {
            channel.on('error', lost)
            return channel
          }),
          clock,
        )
        if (!made) {
          await hangUp(opened, clock)
          throw new Error('RabbitMQ does not answer')
        }
        // amqplib looks for the end of a connection only after this: it would take a dead one for good.
        if (gone) throw new Error('The connection ended while it was being opened', { cause: failure })
        made.on('close', () => {
          if (model === opened && !closing) recycle()
        })
        model = opened
        channel = made
        unavailable = new AbortController()
      },
    },
  })
  connection.on('connect', () => {
    log.info({ role }, failure ? 'RabbitMQ is back' : 'Connected to RabbitMQ')
    failure = undefined
    logged = false
    for (const wake of waiting.splice(0)) wake()
  })
  connection.on('error', lost)
  connection.on('disconnect', (error) => {
    lost(error)
    if (!closing) log.warn({ role, reason: error.message }, 'Lost the connection to RabbitMQ: reconnecting')
  })
  connection.on('connect-failed', (error) => {
    // Once for each outage: the tries go on every second.
    const { code, message } = brokerFault(error)
    if (!logged) log.warn({ role, code, err: error }, `Cannot connect to RabbitMQ, retrying: ${message}`)
    logged = true
    lost(error)
  })
  connection.on('blocked', (reason) => {
    blocked = true
    unavailable.abort()
    log.warn({ role, reason }, 'RabbitMQ blocks publishers')
  })
  connection.on('unblocked', () => {
    blocked = false
    unavailable = new AbortController()
    log.info({ role }, 'RabbitMQ accepts messages again')
  })

  return {
    channel: () => channel,
    ready: (signal) =>
      new Promise((resolve) => {
        if (channel || signal.aborted) return resolve()
        const wake = () => {
          signal.removeEventListener('abort', wake)
          waiting = waiting.filter((waiter) => waiter !== wake)
          resolve()
        }
        signal.addEventListener('abort', wake)
        waiting.push(wake)
      }),
    blocked: () => blocked,
    answered: (answer) => within(ANSWER_TIMEOUT_MS, answer, clock, unavailable.signal),
    failure: () => failure,
    recycle,
    close: async () => {
      closing = true
      channel = undefined
      if (model) await hangUp(model, clock)
      await connection.close()
    },
  }
}
