/**
 * A connection to RabbitMQ that comes back by itself, with one channel. A channel that breaks takes its connection with
 * it, so that there is one way to begin anew: connect, declare, set up. Whoever keeps something of an earlier channel (a
 * delivery, a confirm) finds that `channel()` has changed.
 */
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib'
import { type Clock, within } from '../clock.ts'
import type { Log } from '../log/log.ts'
import { brokerFault } from './faults.ts'
import { hangUp, type LinkState, openLinkState } from './link-state.ts'
import type { Wire } from './queue.ts'

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

/** Parts of the process that everything on RabbitMQ works with. */
export interface RabbitOptions {
  readonly clock: Clock
  readonly log: Log
  readonly wire: Wire
}

export interface LinkOptions<C> extends Pick<RabbitOptions, 'clock' | 'log'> {
  readonly url: string
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

export async function openLink<C extends Breakable>(options: LinkOptions<C>): Promise<Link<C>> {
  const { url, clock, role } = options
  const state = openLinkState<C>(clock)
  const connection = await connect(withHeartbeat(url), {
    noDelay: true,
    timeout: CONNECT_TIMEOUT_MS,
    clientProperties: { connection_name: `campaign-dispatch ${role}` },
    recovery: {
      waitForConnect: false,
      maxDelay: LONGEST_PAUSE_MS,
      setup: async (model: ChannelModel) => {
        const channel = await setUp(model, state, options)
        channel.on('close', () => state.ended(model))
        state.begin(model, channel)
      },
    },
  })
  follow(connection, state, options)
  return {
    channel: state.channel,
    ready: state.ready,
    blocked: state.blocked,
    answered: (answer) => within(ANSWER_TIMEOUT_MS, answer, clock, state.unavailable()),
    failure: state.failure,
    recycle: state.recycle,
    close: async () => {
      await state.close()
      await connection.close()
    },
  }
}

/** Sets up a new connection. @throws Error when the broker does not answer, or the connection has ended meanwhile */
async function setUp<C extends Breakable>(
  model: ChannelModel,
  { lose, failure }: LinkState<C>,
  { setup, clock }: LinkOptions<C>,
): Promise<C> {
  // Without a listener the error of a channel or connection would end the process; `close` follows it.
  model.on('error', lose)
  let gone = false
  model.on('close', () => {
    gone = true
  })
  const keep = (channel: C) => {
    channel.on('error', lose)
    return channel
  }
  const channel = await within(SETUP_TIMEOUT_MS, setup(model, keep), clock)
  if (!channel) {
    await hangUp(model, clock)
    throw new Error('RabbitMQ does not answer')
  }
  // amqplib looks for the end of a connection only after this: it would take a dead one for good.
  if (gone) throw new Error('The connection ended while it was being opened', { cause: failure() })
  return channel
}

/** Notes in the state, and logs, how the connection fares. */
function follow<C>(connection: RecoveringChannelModel, state: LinkState<C>, { log, role }: LinkOptions<C>): void {
  let logged = false
  connection.on('connect', () => {
    log.info({ role }, state.failure() ? 'RabbitMQ is back' : 'Connected to RabbitMQ')
    logged = false
    state.connected()
  })
  connection.on('error', state.lose)
  connection.on('disconnect', (error) => {
    state.lose(error)
    if (!state.closing()) log.warn({ role, reason: error.message }, 'Lost the connection to RabbitMQ: reconnecting')
  })
  connection.on('connect-failed', (error) => {
    // Once for each outage: the tries go on every second.
    const { code, message } = brokerFault(error)
    if (!logged) log.warn({ role, code, err: error }, `Cannot connect to RabbitMQ, retrying: ${message}`)
    logged = true
    state.lose(error)
  })
  connection.on('blocked', (reason) => {
    state.block()
    log.warn({ role, reason }, 'RabbitMQ blocks publishers')
  })
  connection.on('unblocked', () => {
    state.unblock()
    log.info({ role }, 'RabbitMQ accepts messages again')
  })
}
