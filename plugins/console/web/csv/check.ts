/** Which rows of a file will be taken, and why the others will not: as the API judges, before anything is sent. Pure. */
import { type CountryCode, parsePhone } from '../../../../core/phone.ts'
import { type CustomerField, customerFields } from '../api/types.ts'
import type { Mapping } from './mapping.ts'
import type { Line } from './read-file.ts'

const LONGEST = 200
/** Refusals that are kept to be shown; all are counted. */
const SHOWN = 200

export type Row = { readonly [F in CustomerField]?: string } & { readonly phone: string }

export interface Refused {
  readonly line: number
  readonly reason: string
  /** What stood where the phone should be. */
  readonly value: string
}

export interface Checked {
  /** Each phone once, in E.164: the last row of it, with what earlier ones knew besides. */
  readonly rows: ReadonlyMap<string, Row>
  readonly refused: readonly Refused[]
  readonly refusedCount: number
  /** Rows whose phone came before. */
  readonly repeated: number
}

export interface Checker {
  add(lines: readonly Line[]): void
  result(): Checked
}

export function openChecker(mapping: Mapping, country: CountryCode): Checker {
  const rows = new Map<string, Row>()
  const refused: Refused[] = []
  let [refusedCount, repeated] = [0, 0]
  const refuse = (line: number, value: string, reason: string) => {
    if (++refusedCount <= SHOWN) refused.push({ line, value: value.slice(0, 60), reason })
  }
  const addLine = ({ line, cells }: Line) => {
    const values = valuesOf(mapping, cells)
    const { phone } = values
    if (!phone) return refuse(line, '', 'The phone is missing')
    const long = customerFields.find((field) => [...(values[field] ?? '')].length > LONGEST)
    if (long) return refuse(line, phone, `${long} is longer than ${LONGEST} characters`)
    if (Object.values(values).some((value) => value.includes('\ufffd')))
      return refuse(line, phone, 'Some letters are not UTF-8: save the file as “CSV UTF-8”')
    if (Object.values(values).some((value) => value.includes('\0')))
      return refuse(line, phone, 'A cell holds a NUL character')
    const parsed = parsePhone(phone, country)
    if (!parsed.ok) return refuse(line, phone, parsed.reason)
    const before = rows.get(parsed.phone)
    if (before) repeated++
    rows.set(parsed.phone, { ...before, ...values, phone: parsed.phone })
  }
  return {
    add: (lines) => lines.forEach(addLine),
    result: () => ({ rows, refused, refusedCount, repeated }),
  }
}

function valuesOf(mapping: Mapping, cells: readonly string[]): { [F in CustomerField]?: string } {
  const values: { [F in CustomerField]?: string } = {}
  for (const [nth, field] of mapping.entries()) {
    const cell = cells[nth]?.trim()
    if (field && cell) values[field] = cell
  }
  return values
}
