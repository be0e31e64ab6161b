/** Providers on real sockets, and an http sender for each. Call `releaseProviders` after each test. */

import { type Clock, systemClock } from '../../core/clock.ts'
import type { Log } from '../../core/log/log.ts'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import { bindSender } from '../../core/messaging/senders/registry.ts'
import { httpSender } from '../../plugins/http/sender.ts'
import { selfSigned } from './self-signed.ts'
import { oneByOne } from './senders.ts'

export const message: OutboundMessage = {
  messageId: '42',
  campaignId: 7,
  channel: 'whatsapp',
  to: '+254712345678',
  text: 'Habari "Amina" 😀\n\ud800',
  attempt: 2,
  turn: 1,
  idempotencyKey: 'msg:42',
}

const releasers: (() => unknown)[] = []

export async function releaseProviders(): Promise<void> {
  for (const release of releasers.splice(0).reverse()) await release()
}

/** A sender to `url`: what it logged, and a way to send `message` through it. */
export function senderTo(url: string, clock: Clock = systemClock) {
  const lines: { level: string; line: unknown }[] = []
  const at = (level: string) => (line: unknown) => void lines.push({ level, line })
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } as Log
  const sender = oneByOne(
    bindSender(
      { name: 'http', kind: 'http', idempotent: true },
      { channels: ['sms', 'whatsapp'], idempotent: 'unsaid' },
      httpSender({ url, timeoutMs: 30_000, log, clock }),
    ),
  )
  return { lines, send: (signal = new AbortController().signal) => sender.send(message, signal) }
}

type Answer = (request: Request) => Response | Promise<Response>

/** A provider that speaks HTTP. */
export function httpProvider(answer: Answer, clock?: Clock) {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
  releasers.push(() => server.stop(true))
  return senderTo(`http://127.0.0.1:${server.port}/messages`, clock)
}

/** A provider that speaks HTTP over TLS, with a certificate that nobody trusts. */
export function untrustedProvider(answer: Answer) {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer, tls: selfSigned })
  releasers.push(() => server.stop(true))
  return senderTo(`https://127.0.0.1:${server.port}/`)
}

export type Wire = { write(text: string): unknown; end(text?: string): unknown; terminate(): unknown }
export type Behaviour = { open?(socket: Wire): void; data?(socket: Wire): void }

/** A provider in bare TCP, which does as it likes with its connections. */
export function tcpProvider(on: Behaviour, clock?: Clock) {
  const listener = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { open: (socket) => on.open?.(socket), data: (socket) => on.data?.(socket) },
  })
  releasers.push(() => listener.stop(true))
  return senderTo(`http://127.0.0.1:${listener.port}/`, clock)
}

/** A sender to a port that was free a moment ago. */
export function senderToNobody() {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return senderTo(`http://127.0.0.1:${listener.port}/`)
}
