/** Behaviour of a fake provider: set with `PUT /_behaviour`, which changes what it names and leaves the rest as it is. */

/**
 * Answer to a call.
 * - accept: as the provider does.
 * - 429, 500, 401: the provider's own refusal; nothing is taken. 429 bare: a proxy's, without the provider's body.
 * - hang: taken, and never answered. hang unheard: neither.
 * - cut: taken, then the connection breaks in the middle of the answer.
 * - html: taken, and answered with a page instead of JSON. no id: taken, and answered without the ids.
 * - partial: all are taken, every second one is missing in the answer.
 * - empty: none is taken, the answer's list is empty (Africa's Talking).
 */
export type Answer =
  | 'accept'
  | '429'
  | '429 bare'
  | '500'
  | '401'
  | 'hang'
  | 'hang unheard'
  | 'cut'
  | 'html'
  | 'no id'
  | 'partial'
  | 'empty'

/** Fate of a message that was taken. `never`: no receipt comes. `read` is `delivered` where nobody can tell. */
export type Fate = 'delivered' | 'undelivered' | 'read' | 'opted_out' | 'never'

/** `other body`: signed right, for another body. `old`: signed right, an hour ago, where signatures have a time. */
export type Signature = 'right' | 'wrong' | 'missing' | 'other body' | 'old'

export interface Behaviour {
  /** Draws depend on the seed, the message and how often it was asked for, not on the order of calls. */
  readonly seed: number
  /** From a call's arrival to its answer; what is taken is so at once. */
  readonly latencyMs: number
  /** Shares of calls from 0 to 1; the rest is accepted. */
  readonly answers: Readonly<Partial<Record<Answer, number>>>
  /** Refusals by phone (E.164): the provider's code. */
  readonly refuse: Readonly<Record<string, string>>
  /** Shares of messages that are refused, by the provider's code; drawn each time a message is asked for, unless `answers` says that it is taken. */
  readonly refusals: Readonly<Record<string, number>>
  /** Seconds of a 429's Retry-After; null: it has none. */
  readonly retryAfterSeconds: number | null
  /** More calls at once are answered with 429; null: any number. */
  readonly maxInFlight: number | null
  /** More messages within a second are answered with 429; null: any number. */
  readonly maxPerSecond: number | null
  /** True when the answer names the recipients of a batch in another order. */
  readonly reorder: boolean
  /** Shares of messages that were taken, from 0 to 1; the rest is delivered. */
  readonly fates: Readonly<Partial<Record<Fate, number>>>
  /** The code of messages that are not delivered; null: one that the provider would give. */
  readonly failCode: string | null
  /** Address for receipts and inbound messages, unless the call named another address. */
  readonly hookUrl: string | null
  /** From the answer to the first receipt, and from each to the next. */
  readonly receiptDelayMs: number
  /** True when all receipts are posted, and answered, before the call is. */
  readonly receiptsFirst: boolean
  /** Times that each receipt is posted besides the first. */
  readonly duplicates: number
  /** True when a message's receipts come last one first. */
  readonly outOfOrder: boolean
  /** Most receipts of one post, where the provider groups them. */
  readonly receiptBatch: number
  readonly signature: Signature
  /** Tries of a post after the first, while the hook cannot be reached or answers 429 or 5xx. */
  readonly retries: number
  /** Switches of one provider alone. */
  readonly extra: Readonly<Record<string, unknown>>
}

export const normalBehaviour: Behaviour = {
  seed: 1,
  latencyMs: 0,
  answers: {},
  refuse: {},
  refusals: {},
  retryAfterSeconds: null,
  maxInFlight: null,
  maxPerSecond: null,
  reorder: false,
  fates: {},
  failCode: null,
  hookUrl: null,
  receiptDelayMs: 0,
  receiptsFirst: false,
  duplicates: 0,
  outOfOrder: false,
  receiptBatch: 100,
  signature: 'right',
  retries: 120,
  extra: {},
}

/** One of the named things by their shares, or else `otherwise`; the same for the same key. */
export function draw<T extends string>(key: string, shares: Readonly<Partial<Record<T, number>>>, otherwise: T): T {
  const chance = Number(Bun.hash.xxHash32(key)) / 2 ** 32
  let upto = 0
  for (const [name, share] of Object.entries(shares) as [T, number][]) {
    upto += share
    if (chance < upto) return name
  }
  return otherwise
}
