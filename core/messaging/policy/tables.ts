/** Tables of policies as types: the document, one row once it is set, and what was reserved within its caps. */
import type { ColumnType, Generated } from 'kysely'
import type { Channel } from '../channel.ts'
import type { QuietHours } from './quiet-hours.ts'

/** At most so many marketing messages to a person in so many days. */
export interface Cap {
  readonly messages: number
  readonly days: number
  /** Absent: messages of all channels count together. */
  readonly channel?: Channel | undefined
}

/** Stored as PUT /policies set it. A part that is absent is not set. */
export interface PolicyDocument {
  readonly quiet_hours?: readonly QuietHours[] | undefined
  readonly caps?: readonly Cap[] | undefined
  /** At least so many hours between two marketing messages to a person; null: no such gap. */
  readonly min_gap_hours?: number | null | undefined
}

interface Policies {
  id: Generated<boolean>
  /** Raised by each change. */
  version: Generated<number>
  document: ColumnType<PolicyDocument, PolicyDocument, PolicyDocument>
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>
}

/** Marketing messages that were started to a phone of late, or are about to be: arrays side by side. Written by `reserve.sql`. */
interface CapReservations {
  /** E.164. */
  phone: string
  messages: string[]
  /** The latest moment at which each may have been started, the oldest first. */
  starts: Date[]
}

export interface PolicyTables {
  policies: Policies
  cap_reservations: CapReservations
}
