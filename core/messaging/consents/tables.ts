/** Tables of consents: what people agreed to, and what they withdrew. Records are only added. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import { channels } from '../channel.ts'

export const consentChannels = [...channels, 'all'] as const
export type ConsentChannel = (typeof consentChannels)[number]

export const consentStatuses = ['given', 'withdrawn'] as const
export type ConsentStatus = (typeof consentStatuses)[number]

/** Ways in which people say so. */
export const consentMethods = ['web_form', 'keyword', 'import', 'api', 'verbal', 'paper', 'other'] as const
export type ConsentMethod = (typeof consentMethods)[number]

/** `carried_over`: triggers wrote it, as the phone of a customer changed, or belonged to one who was deleted (migration 0042). */
export const storedMethods = [...consentMethods, 'carried_over'] as const

export const MAX_WORDS = 2000

export interface Consents {
  /** From the sequence of suppressions, and committed in order with them where it is a withdrawal (migration 0042). */
  id: GeneratedAlways<string>
  customer_id: number
  /** Phone of the customer when it was recorded, in E.164. */
  phone: string
  channel: ConsentChannel
  purpose: GeneratedAlways<'marketing'>
  status: ConsentStatus
  method: (typeof storedMethods)[number]
  /** Text that the person agreed to, or its version. */
  wording: string | null
  /** Words of whoever recorded it: a form, a file, the id of a message. */
  evidence: string | null
  /** Time at which the person said so. Of several records the latest decides. */
  captured_at: ColumnType<Date, Date | string, never>
  /** Caller who recorded it; null: a trigger. */
  actor: string | null
  created_at: GeneratedAlways<Date>
}

/** CONSENT as it holds for all processes; no row: `assumed`. */
export interface ConsentRule {
  id: Generated<boolean>
  required: boolean
  changed_at: ColumnType<Date, Date | string | undefined, Date | string>
}
