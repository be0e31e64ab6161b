/** Table of secrets that all processes share. */
import type { ColumnType } from 'kysely'

export interface ServerSecrets {
  name: string
  value: string
  created_at: ColumnType<Date, Date | string | undefined, never>
}
