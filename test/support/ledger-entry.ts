/** Lines of a ledger, and the behaviour of its provider. */

/** `hang`: delivered, and never answered; `hang unheard`: neither. `cut`: delivered, then the connection breaks. */
export type Answer = '200' | '401' | '500' | '429' | 'cut' | 'hang' | 'hang unheard'

export interface Request {
  readonly what: 'request'
  /** Milliseconds since the epoch, when the request had come whole. */
  readonly at: number
  readonly key: string
  readonly message_id: string
  readonly to: string
  readonly attempt: number
  readonly answer: Answer
  /** Its key was delivered before: an idempotent provider answers with the same id, and does not deliver again. */
  readonly repeat: boolean
}

/** One delivery: at most one for each key, where the provider is idempotent. */
export interface Accept {
  readonly what: 'accept'
  readonly at: number
  readonly key: string
  readonly message_id: string
  readonly to: string
  readonly text: string
  readonly id: string
}

export type Entry = Request | Accept

/** Shares are from 0 to 1, and exclude each other. */
export interface Behaviour {
  readonly seed: number
  /** From a request's arrival to its answer; what is delivered is so at once. */
  readonly latencyMs: number
  readonly unauthorized: number
  readonly errors: number
  readonly throttled: number
  readonly retryAfterSeconds: number
  readonly cut: number
  readonly hang: number
  /** True when a key that was delivered before is not delivered again. */
  readonly idempotent: boolean
}

export const normalBehaviour: Behaviour = {
  seed: 1,
  latencyMs: 0,
  unauthorized: 0,
  errors: 0,
  throttled: 0,
  retryAfterSeconds: 1,
  cut: 0,
  hang: 0,
  idempotent: true,
}
