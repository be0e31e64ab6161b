/** Time that the broker has left all messages of a channel without a confirm, and how often that was given up. */
import type { Clock } from '../clock.ts'

/**
 * Connections in a row that open well and get no confirm, after which the queue is declared anew. A broker that dies in the
 * first moments of a quorum queue may forget its log, and then restarts it as a member that waits for an election which
 * nobody calls: the queue looks healthy and never works again (seen with RabbitMQ 3.10.8; rabbitmq/rabbitmq-server issue
 * 10070).
 */
const SILENT_CONNECTIONS = 2

export interface Silence {
  /** Notes that messages go out over the channel: the silence begins, unless it has. */
  begin(channel: object): void
  /** Notes a confirm. */
  end(): void
  /** Milliseconds of silence on the channel. A broker that is short of memory says so, and is not silent. */
  of(channel: object): number
  /** Notes that the connection is given up for its silence. */
  giveUp(): void
  /** True after as many such connections in a row as show that the queue itself is broken. */
  isStuck(): boolean
  /** Notes that the queue is made anew. */
  startOver(): void
}

export function openSilence(clock: Clock): Silence {
  let silent: { readonly channel: object; readonly since: number } | undefined
  let connections = 0
  return {
    begin: (channel) => {
      if (silent?.channel !== channel) silent = { channel, since: clock.elapsed() }
    },
    end: () => {
      silent = undefined
      connections = 0
    },
    of: (channel) => (silent?.channel === channel ? clock.elapsed() - silent.since : 0),
    giveUp: () => {
      connections++
    },
    isStuck: () => connections >= SILENT_CONNECTIONS,
    startOver: () => {
      connections = 0
    },
  }
}
