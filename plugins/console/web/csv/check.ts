/** Check of a file's rows by the API's own rules, before anything is sent. Pure. */
import { type AttributeTypes, noAttributes } from '../../../../core/messaging/contacts/attributes.ts'
import { checkRow, type ImportRow, mergeRows } from '../../../../core/messaging/contacts/csv/check.ts'
import type { ImportColumns } from '../../../../core/messaging/contacts/csv/columns.ts'
import type { Encoding } from '../../../../core/messaging/contacts/csv/decode.ts'
import type { SourceRow } from '../../../../core/messaging/contacts/csv/reader.ts'
import type { CountryCode } from '../../../../core/messaging/text/phone.ts'
import type { NewAttribute } from './mapping.ts'

export interface RefusedRow {
  readonly line: number
  readonly reason: string
  readonly cells: readonly string[]
}

/** Each row of the file is ready, refused or repeated. */
export interface Checked {
  readonly fileName: string
  readonly names: readonly string[]
  readonly encoding: Encoding
  /** Field or attribute of each column. */
  readonly columns: ImportColumns
  /** Attributes that the import adds. */
  readonly added: readonly NewAttribute[]
  readonly total: number
  /** Each phone number once, in E.164: its last row, completed from earlier ones. */
  readonly rows: ReadonlyMap<string, ImportRow>
  /** All refused rows. */
  readonly refused: readonly RefusedRow[]
  /** Number of rows whose phone number appeared before. */
  readonly repeated: number
}

export interface Checker {
  add(rows: readonly SourceRow[]): void
  result(): Pick<Checked, 'total' | 'rows' | 'refused' | 'repeated'>
}

export function openChecker(country: CountryCode, attributes: AttributeTypes = noAttributes): Checker {
  const rows = new Map<string, ImportRow>()
  const refused: RefusedRow[] = []
  let [total, repeated] = [0, 0]
  const addRow = (source: SourceRow) => {
    total++
    const checked = checkRow(source, country, attributes)
    if ('refusal' in checked) {
      const { line, message } = checked.refusal
      refused.push({ line, reason: message, cells: source.cells ?? [] })
      return
    }
    const { phone } = checked.row
    const before = rows.get(phone)
    if (before) repeated++
    rows.set(phone, mergeRows(before, checked.row))
  }
  return {
    add: (some) => some.forEach(addRow),
    result: () => ({ total, rows, refused, repeated }),
  }
}
