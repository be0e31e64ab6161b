/** The result of one message, as a worker reports it. `pending`: to be tried again after `delayMs`. */
import type { MessageStatus } from '../schema.ts'
import type { MessageCode } from '../senders/codes.ts'

export interface Result {
  readonly id: string
  readonly status: MessageStatus
  /** Tries spent so far, this one included. */
  readonly attempts: number
  readonly providerId: string | null
  readonly error: MessageCode | null
  readonly text: string | null
  readonly delayMs: number
  /** Of a pending message: it may have been sent. It waits for a receipt so long, and is `unknown` then. */
  readonly awaiting?: boolean
  /** Of a message that is tried again: `other`: rather by another sender; `same`: by the same one only. Default: by any. */
  readonly by?: 'other' | 'same'
}
