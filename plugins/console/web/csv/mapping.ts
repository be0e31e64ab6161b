/** Columns that a person has matched to fields. Pure. */
import type { Columns, CustomerField } from '../../../../core/messaging/contacts/csv/columns.ts'

/** Maps a column to a field, which no other column keeps. */
export function mapColumn(columns: Columns, column: number, field: CustomerField | undefined): Columns {
  return columns.map((one, nth) => (nth === column ? field : one === field ? undefined : one))
}
