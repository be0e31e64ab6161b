/** Columns that a person has matched to fields. Pure. */
import type { Columns, CustomerField } from '../../../../core/messaging/contacts/csv/columns.ts'

/** One column becomes a field; whichever was it before no longer is. */
export function mapColumn(columns: Columns, column: number, field: CustomerField | undefined): Columns {
  return columns.map((one, nth) => (nth === column ? field : one === field ? undefined : one))
}
