/** Contract of a sender's hook: what a provider posts to `PUBLIC_URL/hooks/{sender}`, and what is read of it. */
import type { Channel } from '../channel.ts'
import type { About } from './outcome.ts'

export interface HookRequest {
  readonly method: 'GET' | 'POST'
  /** As the provider called it: PUBLIC_URL with the path and the query. Signatures that cover the address cover this one. */
  readonly url: string
  /** Below the sender's own path, without slashes around it: '' or `delivery`. */
  readonly path: string
  readonly headers: Headers
  /** The raw bytes: signatures cover these, and nothing that was parsed and written again. */
  readonly body: Uint8Array
}

/** State of a message at its provider, in the order of the ranks, which only grow. */
export type Delivery = 'submitted' | 'undelivered' | 'delivered' | 'read'

/** A provider's word about a message. One that names neither id is of no use to anybody. */
export interface Receipt {
  /** Our message id, where the provider repeats it. */
  readonly messageId?: string | undefined
  /** The provider's id of the message. */
  readonly providerId?: string | undefined
  readonly delivery: Delivery
  /** The provider's code for an undelivered message. */
  readonly providerCode?: string | undefined
  /** Subject of that code. Default: `message`. */
  readonly about?: About | undefined
  /** Milliseconds since the epoch; undefined where the provider does not say. */
  readonly at?: number | undefined
}

/** Address of a sender's hook: `https://example.org/hooks/main`. */
export const hookUrlOf = (publicUrl: string, sender: string): string =>
  `${publicUrl.replace(/\/+$/, '')}/hooks/${sender}`

/** Message from a person to us, or their request to the provider. */
export interface Inbound {
  /** The provider's id: a second post of it is the same one. */
  readonly id: string
  /** E.164; undefined where the provider does not tell. */
  readonly from?: string | undefined
  /** The number or id of ours that it was sent to. */
  readonly to?: string | undefined
  /** Channel on which it came; undefined: the sender's only one. */
  readonly channel?: Channel | undefined
  /** Empty where the person pressed a button of the provider. */
  readonly text: string
  /** The provider's own reading of it. */
  readonly intent?: 'stop' | 'start' | 'help' | undefined
  readonly at?: number | undefined
}

export type HookAnswer =
  /** Wrong or missing signature (401), or a body that cannot be read (400): nothing is stored. */
  | { readonly kind: 'refused'; readonly why: 'signature' | 'body' }
  /** The provider asks whether the address is ours: answered with this text. */
  | { readonly kind: 'challenge'; readonly text: string }
  | {
      readonly kind: 'taken'
      readonly receipts: readonly Receipt[]
      readonly inbound: readonly Inbound[]
      /** Body of the answer, where the provider reads it. Default: none. */
      readonly reply?: { readonly type: string; readonly text: string }
    }
