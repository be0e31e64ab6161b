/** Table of policies as a type: one row, once they are set. */
import type { ColumnType, Generated } from 'kysely'
import type { QuietHours } from './quiet-hours.ts'

/** Stored as PUT /policies set it. A part that is absent is not set. */
export interface PolicyDocument {
  readonly quiet_hours?: readonly QuietHours[]
}

export interface Policies {
  id: Generated<boolean>
  /** Raised by each change. */
  version: Generated<number>
  document: ColumnType<PolicyDocument, PolicyDocument, PolicyDocument>
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>
}
