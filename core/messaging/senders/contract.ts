/**
 * Sender contract: the interface of what carries a channel. A sender never throws for a provider's answer: it says which
 * of five things happened, and anything thrown counts as `unknown`.
 */
import type { Channel } from '../schema.ts'
import type { SenderCode } from './codes.ts'

/** One message, rendered, to one phone. */
export interface OutboundMessage {
  readonly messageId: string
  readonly campaignId: number
  readonly channel: Channel
  /** E.164. */
  readonly to: string
  readonly text: string
  /** 1 for the first try; counted anew when a failed message is retried by hand. */
  readonly attempt: number
  /** Calls for this message before this one; never set back. */
  readonly turn: number
  /** The same for every try of this message; a provider that honours it delivers once. */
  readonly idempotencyKey: string
}

export type Outcome =
  /** The provider took it; `id` is the provider's name for it. */
  | { readonly kind: 'accepted'; readonly id: string }
  /** The provider refused it. Not `permanent`: another try may succeed. */
  | { readonly kind: 'rejected'; readonly code: SenderCode; readonly permanent: boolean }
  /** The sender can deliver nothing at all until somebody mends it; the try is not counted. */
  | { readonly kind: 'unusable'; readonly code: SenderCode }
  /** Not now; the try is not counted. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** It may or may not have been delivered: a timeout, or a connection that broke after the request had left. */
  | { readonly kind: 'unknown'; readonly code: SenderCode }

export interface Sender {
  readonly name: string
  /** True when sending twice with one idempotency key delivers once: only then is a message in doubt sent again. */
  readonly idempotent: boolean
  /** Longest a call may take, in milliseconds; the worker aborts `signal` then and counts the message as unknown. */
  readonly timeoutMs: number
  send(message: OutboundMessage, signal: AbortSignal): Promise<Outcome>
  close?(): Promise<void>
}

export type Senders = Readonly<Record<Channel, Sender>>
