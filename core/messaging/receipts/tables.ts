/** Tables of what providers post. */
import type { ColumnType, GeneratedAlways } from 'kysely'
import type { Channel } from '../channel.ts'
import type { Delivery } from '../senders/hook.ts'
import type { WrittenIntent } from '../text/keywords/keywords.ts'

type Moment = ColumnType<Date, Date | string | undefined, Date | string>
/** As in schema.ts: int8 is text. */
type BigId = string

/** The inbox: receipts that are not folded into their messages yet. */
export interface Receipts {
  sender: string
  /** Id of the message: ours where it is `echoed`, else the provider's. */
  reference: string
  delivery: Delivery
  echoed: boolean
  provider_id: string | null
  code: string | null
  about: string | null
  received_at: Moment
  /** Time of the next look at it. */
  due_at: Moment
}

/** Ids that a provider gave to messages, for senders whose receipts name nothing else. */
export interface ProviderRefs {
  sender: string
  provider_id: string
  message_id: BigId
  created_at: Moment
}

/** State of a near miss: to be decided, or how it was decided. */
export type Review = 'open' | 'stop' | 'ignore'

/** Messages that people wrote to a sender. */
export interface InboundMessages {
  id: GeneratedAlways<BigId>
  sender: string
  /** Null where the sender has several and does not tell, or a version before channels stored it. */
  channel: ColumnType<Channel | null, Channel | null | undefined, Channel | null>
  provider_id: string
  phone: string | null
  sent_to: string | null
  body: string
  /** Intent that the provider took it for: stop, start or help. */
  intent: string | null
  /** The provider's intent, or what the text says; null where a version before readings stored it, until a loop has read it. */
  reading: WrittenIntent | null
  /** Null for all but near misses. */
  review: Review | null
  reviewed_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
  sent_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
  received_at: Moment
}
