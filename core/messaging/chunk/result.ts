/** The result of one message, as a worker reports it. `pending`: to be tried again after `delayMs`. */
import type { MessageStatus } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'

export interface Result {
  readonly id: string
  readonly status: MessageStatus
  /** Tries spent so far, this one included. */
  readonly attempts: number
  readonly providerId: string | null
  readonly code: MessageCode | null
  readonly text: string | null
  readonly delayMs: number
  /** For a pending message that waits for a moment of the day: milliseconds since the epoch, in place of `delayMs`. */
  readonly until?: number | undefined
  /** True for a pending message that may have been sent: it waits `delayMs` for a receipt, and is `unknown` then. */
  readonly awaiting?: boolean
  /** Sender of the next attempt: `other`: another one if possible; `same`: only the same one. Default: any. */
  readonly by?: 'other' | 'same'
}
