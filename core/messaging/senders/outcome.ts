/** Outcome of handing one message to a provider. */
import type { SenderCode } from './codes.ts'

/**
 * Subject of a refusal. `message`: this one alone. `number`: nothing reaches this phone on this channel. `opt_out`: the
 * person does not want to be written to. `content`: text, template or sender id, which everybody's message shares.
 */
export type About = 'message' | 'number' | 'opt_out' | 'content'

interface Coded {
  readonly code: SenderCode
  /** The provider's own code, for whoever asks its support. */
  readonly providerCode?: string
}

export type Outcome =
  /** The provider took it; `id` is the provider's name for it. `segments`: parts that it will charge, where it says so. */
  | { readonly kind: 'accepted'; readonly id: string; readonly segments?: number }
  /** The provider refused it. Not `permanent`: another try may succeed, `retryAfterMs` from now at the earliest. */
  | (Coded & {
      readonly kind: 'rejected'
      readonly permanent: boolean
      /** Default: `message`. */
      readonly about?: About
      readonly retryAfterMs?: number
    })
  /** The sender can deliver nothing at all until somebody mends it; the try is not counted. */
  | (Coded & { readonly kind: 'unusable' })
  /** Not now; the try is not counted. `of`: whom the provider wants left alone so long; by default this recipient. */
  | {
      readonly kind: 'throttled'
      readonly retryAfterMs: number
      readonly of?: 'sender' | 'recipient'
      readonly providerCode?: string
    }
  /** It may or may not have been delivered: a timeout, or a connection that broke after the request had left. */
  | (Coded & { readonly kind: 'unknown' })
