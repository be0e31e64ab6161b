/** Table of suppressions: phones that nothing is sent to, and why. */
import type { ColumnType, GeneratedAlways } from 'kysely'
import { channels } from '../channel.ts'

/** Reasons in the order in which they decide: a message that is skipped names the first that holds. */
export const suppressionReasons = ['erased', 'opt_out', 'complaint', 'manual', 'invalid'] as const
export type SuppressionReason = (typeof suppressionReasons)[number]

export const suppressedChannels = [...channels, 'all'] as const
export type SuppressedChannel = (typeof suppressedChannels)[number]

/**
 * Origin: a call of the API, an import, a provider's answer to a message, its receipt, a message of the person, or a link in a
 * text.
 */
export const suppressionSources = ['api', 'import', 'answer', 'receipt', 'inbound', 'link'] as const
export type SuppressionSource = (typeof suppressionSources)[number]

export interface Suppressions {
  /** Ids are committed in their order (migration 0033): whoever has seen one has seen all before it. */
  id: GeneratedAlways<string>
  /** E.164. */
  phone: string
  channel: SuppressedChannel
  reason: SuppressionReason
  source: SuppressionSource
  /** Name of the sender that it came through; null where none is concerned. */
  sender: string | null
  /** The provider's code, or ours where it gave none; null where no provider is concerned. */
  code: string | null
  /** Words of the person who added it. */
  note: string | null
  created_at: ColumnType<Date, Date | string | undefined, Date | string>
}
