/** Columns of a file that nobody is asked about. Pure. */
import { type Columns, type CustomerField, customerFields, guessColumns } from './columns.ts'
import { CsvError } from './error.ts'

/** @throws CsvError where no column is the phone, or several are the same field */
export function chooseColumns(names: readonly string[]): Columns {
  const { columns, doubled } = guessColumns(names)
  const [first] = doubled
  if (first) throw new CsvError(sameField(names, first.field, first.places), first.field)
  if (columns.includes('phone')) return columns
  const given = names.filter(Boolean).slice(0, 10).map(shortened)
  const message = `The file has no column "phone": its first line names ${given.join(', ')}. Known are ${customerFields.join(', ')}, and common names for them, such as "Mobile" and "City"`
  throw new CsvError(message, 'phone')
}

/** A sentence that names the columns, and says what to do. */
export function sameField(names: readonly string[], field: CustomerField, places: readonly number[]): string {
  const columns = places.map((nth) => `${shortened(names[nth] ?? '')} (column ${nth + 1})`)
  return `The columns ${columns.join(' and ')} both mean "${field}": rename or remove all but one`
}

const shortened = (name: string) => `"${name.slice(0, 64)}"`
