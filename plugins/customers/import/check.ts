/** Whether a row may be stored, and what for. Pure. */
import { composed } from '../../../core/http/composed.ts'
import { problemOf } from '../../../core/http/fields.ts'
import { type CountryCode, parsePhone } from '../../../core/phone.ts'
import { customerBody } from '../schema.ts'
import { importFields, type SourceRow } from './source.ts'

export interface ImportRow {
  readonly phone: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly location: string | null
  readonly prefered_product: string | null
}

/** Repeats nothing of the row: it may be private. */
export interface Refusal {
  readonly line: number
  /** The field; '' for the line as a whole. */
  readonly path: string
  readonly message: string
}

export type Checked = { readonly row: ImportRow } | { readonly refusal: Refusal }

export function checkRow({ line, values: given, problem }: SourceRow, country: CountryCode): Checked {
  const refuse = (path: string, message: string): Checked => ({ refusal: { line, path, message } })
  if (problem) return refuse('', problem)
  const values = composed(given)
  for (const field of importFields) {
    const value = values[field]
    const wrong = value === undefined ? undefined : problemOf(customerBody.properties[field], value)
    if (wrong) return refuse(field, `${field} ${wrong}`)
    if (typeof value === 'string' && value.includes('\ufffd'))
      return refuse(field, `${field} holds what is not UTF-8: save the file as "CSV UTF-8"`)
  }
  if (values.phone === undefined) return refuse('phone', 'phone is missing')
  const parsed = parsePhone(String(values.phone), country)
  if (!parsed.ok) return refuse('phone', parsed.reason)
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    row: {
      phone: parsed.phone,
      first_name: textOf(values.first_name),
      last_name: textOf(values.last_name),
      location: textOf(values.location),
      prefered_product: textOf(values.prefered_product),
    },
  }
}
