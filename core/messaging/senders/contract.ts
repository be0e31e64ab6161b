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

/** The senders without the right to close them. */
export type Channels = Readonly<Record<Channel, Omit<Sender, 'close'>>>

/** An opened kind of sender: the calls to its provider. */
export interface OpenSender {
  /** Longest a call may take, in milliseconds. */
  readonly timeoutMs: number
  /**
   * Hands messages of one channel to the provider; never rejects for what a provider answers.
   * @param batch at least one message, at most `limits.batch` of its kind
   * @returns an outcome for each message, in their order
   */
  send(batch: readonly OutboundMessage[], signal: AbortSignal): Promise<readonly Outcome[]>
  close?(): Promise<void>
}

/** A kind of sender, which a plugin contributes under its name: `senders: { acme: defineSender({ ... }) }`. */
export interface SenderKind<Granted> {
  readonly channels: readonly Channel[]
  /**
   * True when asking twice with one idempotency key delivers once. `unsaid`: it depends on the provider behind it, so the
   * settings SMS_IDEMPOTENT and WHATSAPP_IDEMPOTENT say so, and it counts as false where they do not.
   */
  readonly idempotent: boolean | 'unsaid'
  readonly limits?: {
    /** Messages of one call; default 1. */
    readonly batch?: number
  }
  /** Keys of the plugin's settings that must be set where the kind is in use. */
  readonly requires?: readonly string[]
  /** @throws BootError when its settings contradict each other */
  open(granted: Granted): OpenSender
}

/** Returns the kind as it is: its use is the types that it infers. */
export function defineSender<Granted>(kind: SenderKind<Granted>): SenderKind<Granted> {
  return kind
}
