/** Columns of a file, chosen without asking a person. Pure. */
import {
  type AttributeColumns,
  customerFields,
  guessImportColumns,
  type ImportColumn,
  type ImportColumns,
} from './columns.ts'
import { CsvError } from './error.ts'

/** @throws CsvError if no column is the phone, or several are the same field */
export function chooseColumns(names: readonly string[], attributes?: AttributeColumns): ImportColumns {
  const { columns, doubled } = guessImportColumns(names, attributes)
  const [first] = doubled
  if (first) throw new CsvError(sameField(names, first.field, first.places), first.field)
  if (columns.includes('phone')) return columns
  const named = names.filter(Boolean).slice(0, 10).map(shortened)
  const message = `The file has no column "phone": its columns are ${named.join(', ')}. Use ${customerFields.join(', ')}, or common names for them, such as "Mobile" and "City"`
  throw new CsvError(message, 'phone')
}

/** A sentence with the columns and the fix. */
export function sameField(names: readonly string[], field: ImportColumn, places: readonly number[]): string {
  const columns = places.map((nth) => `${shortened(names[nth] ?? '')} (column ${nth + 1})`)
  return `The columns ${columns.join(' and ')} both mean "${field}": rename or remove all but one`
}

const shortened = (name: string) => `"${name.slice(0, 64)}"`
