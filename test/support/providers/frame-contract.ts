/** Contract between a fake provider's own part (paths, bodies, codes, signatures) and the frame that all of them share. */
import type { Behaviour, Fate } from './frame-behaviour.ts'

export interface FakeRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string
}

export interface FakeAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is answered as JSON. */
  readonly body: string | object
}

/** One message of a call. */
export interface Asked {
  /** E.164, whatever the provider's own form is. */
  readonly to: string
  readonly text: string
  readonly from?: string | undefined
  readonly channel?: 'sms' | 'whatsapp' | undefined
  /** Our message id, where the call carries it. */
  readonly reference?: string | undefined
  /** Address for its receipts; undefined: the behaviour's `hookUrl`. */
  readonly callback?: string | undefined
}

export interface Accepted extends Asked {
  /** The provider's. */
  readonly id: string
  readonly at: number
}

/** Result of one message of a call. */
export type Result =
  | { readonly message: Asked; readonly code: string; readonly id?: undefined }
  /** `id` is undefined where the answer is to leave it out. */
  | { readonly message: Accepted; readonly code?: undefined; readonly id: string | undefined }

export interface FakeReceipt {
  readonly message: Accepted
  /** The provider's word. */
  readonly status: string
  /** The provider's code of a failure. */
  readonly code?: string | undefined
}

/** A message from a person, or a notice about one. */
export interface FakeInbound {
  /** E.164. */
  readonly from: string
  readonly to?: string
  readonly text: string
  /** The provider's reading of it, where it has one. */
  readonly intent?: 'stop' | 'start' | 'help'
  /** True for the provider's own notice of an opt-out, where it has one. */
  readonly notice?: boolean
  readonly extra?: Readonly<Record<string, unknown>>
}

/** A request to our hook. */
export interface Posting {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Its receipts, for the ledger. */
  readonly receipts?: readonly { readonly id: string; readonly status: string }[]
}

export interface FakeState {
  readonly behaviour: Behaviour
  /** The message that was taken under this reference. */
  known(reference: string): Accepted | undefined
  /** All messages that were taken, by the provider's ids. */
  readonly accepted: ReadonlyMap<string, Accepted>
}

export interface Fake {
  /** Reads a call that sends. An answer: the call is refused as a whole. Undefined: it is no such call. */
  read(request: FakeRequest, state: FakeState): { readonly messages: readonly Asked[] } | FakeAnswer | undefined
  /** Answers a request that sends nothing: account, templates, logs. Undefined: there is no such address. */
  other?(request: FakeRequest, state: FakeState): FakeAnswer | undefined
  /** The provider's code when it does not take this message; `behaviour.refuse` has been looked at. */
  refuse?(message: Asked, state: FakeState): string | undefined
  newId(message: Asked): string
  /** Answers a call by what became of its messages. */
  answer(results: readonly Result[], state: FakeState): FakeAnswer
  /** The provider's own answer to a call that it takes nothing of. */
  error(status: 401 | 429 | 500, state: FakeState): FakeAnswer
  /** The statuses that a message's receipts tell, in their order. */
  statuses(
    fate: Fate,
    message: Accepted,
    state: FakeState,
  ): readonly { readonly status: string; readonly code?: string }[]
  /** The posts that carry these receipts, which all go to `url`. */
  receipts(receipts: readonly FakeReceipt[], url: string, state: FakeState): readonly Posting[]
  inbound?(inbound: FakeInbound, url: string, state: FakeState): Posting
}
