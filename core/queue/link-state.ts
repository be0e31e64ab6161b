/**
 * State of a link to the broker: the channel that stands, or the reason why none does, and who waits for one. Each channel
 * is one generation, with a signal of its own that says when no answer will come over it any more.
 */
import type { Socket } from 'node:net'
import type { ChannelModel } from 'amqplib'
import { type Clock, within } from '../clock.ts'

const CLOSE_TIMEOUT_MS = 1000

export interface LinkState<C> {
  channel(): C | undefined
  /** The latest failure since the link was last connected. */
  failure(): Error | undefined
  blocked(): boolean
  closing(): boolean
  /** Aborts when the channel is lost, or the broker blocks publishers: no answer will come. */
  unavailable(): AbortSignal
  /** Resolves when there is a channel, or when `signal` aborts. */
  ready(signal: AbortSignal): Promise<void>

  begin(model: ChannelModel, channel: C): void
  connected(): void
  lose(error?: Error): void
  block(): void
  unblock(): void
  /** Drops the connection, so that a new one is made. */
  recycle(): void
  /** Drops this connection, whose channel has closed, unless it was dropped before or the link closes. */
  ended(model: ChannelModel): void
  close(): Promise<void>
}

export function openLinkState<C>(clock: Clock): LinkState<C> {
  let channel: C | undefined
  let model: ChannelModel | undefined
  let failure: Error | undefined
  let blocked = false
  let closing = false
  let unavailable = new AbortController()
  const waiting = openWaiting(() => channel !== undefined)
  const recycle = () => {
    unavailable.abort()
    channel = undefined
    if (model) void hangUp(model, clock)
    model = undefined
  }
  return {
    channel: () => channel,
    failure: () => failure,
    blocked: () => blocked,
    closing: () => closing,
    unavailable: () => unavailable.signal,
    ready: waiting.ready,
    begin: (opened, made) => {
      model = opened
      channel = made
      unavailable = new AbortController()
    },
    connected: () => {
      failure = undefined
      waiting.wake()
    },
    lose: (error) => {
      failure = error ?? failure
      blocked = false
      channel = undefined
      unavailable.abort()
    },
    block: () => {
      blocked = true
      unavailable.abort()
    },
    unblock: () => {
      blocked = false
      unavailable = new AbortController()
    },
    recycle,
    ended: (opened) => {
      if (model === opened && !closing) recycle()
    },
    close: async () => {
      closing = true
      channel = undefined
      if (model) await hangUp(model, clock)
    },
  }
}

/** Callers that wait until something is there. */
function openWaiting(isThere: () => boolean) {
  let waiting: (() => void)[] = []
  return {
    wake: () => {
      for (const wake of waiting.splice(0)) wake()
    },
    ready: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (isThere() || signal.aborted) return resolve()
        const wake = () => {
          signal.removeEventListener('abort', wake)
          waiting = waiting.filter((waiter) => waiter !== wake)
          resolve()
        }
        signal.addEventListener('abort', wake)
        waiting.push(wake)
      }),
  }
}

/** Ends a connection in order, or, when the broker does not answer to that, by its socket, which amqplib's types do not show. */
export async function hangUp(model: ChannelModel, clock: Clock): Promise<void> {
  const orderly = model.close().then(
    () => true,
    () => true, // it is gone already
  )
  if (await within(CLOSE_TIMEOUT_MS, orderly, clock)) return
  const { stream } = model.connection as unknown as { stream: Socket }
  stream.destroy(new Error('RabbitMQ did not close the connection'))
}
