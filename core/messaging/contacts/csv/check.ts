/** Judgement of a row, whether it may be stored and as what: the same judgement before an import, in a browser, and within it. Pure. */
import { composed } from '../../../http/composed.ts'
import { textProblem, typeName } from '../../../text/text.ts'
import { type CountryCode, parsePhone } from '../../text/phone.ts'
import { type AttributeTypes, noAttributes } from '../attributes.ts'
import { type CustomerField, customerFields } from './columns.ts'
import { DAMAGED, isDamaged, type More, readMore } from './more.ts'
import type { SourceRow } from './reader.ts'

export interface ImportRow extends More {
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

/** As long as a customer's field may be, in characters. */
export const MAX_FIELD = 200
export const MAX_PHONE = 50

/**
 * @param country whose national form a phone may have
 * @param attributes those that are declared: values of others are left out
 */
export function checkRow(
  { line, values: given, problem }: SourceRow,
  country: CountryCode,
  attributes: AttributeTypes = noAttributes,
): Checked {
  const refuse = (path: string, message: string): Checked => ({ refusal: { line, path, message } })
  if (problem) return refuse('', problem)
  const values = composed(given)
  for (const field of customerFields) {
    const wrong = fieldProblem(field, values[field])
    if (wrong) return refuse(field, `${field} ${wrong}`)
  }
  if (typeof values.phone !== 'string') return refuse('phone', 'The phone is missing')
  const parsed = parsePhone(values.phone, country)
  if (!parsed.ok) return refuse('phone', parsed.reason)
  const more = readMore(values, attributes)
  if ('problem' in more) return refuse(more.path, `${more.path} ${more.problem}`)
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    row: {
      phone: parsed.phone,
      first_name: textOf(values.first_name),
      last_name: textOf(values.last_name),
      location: textOf(values.location),
      prefered_product: textOf(values.prefered_product),
      ...more,
    },
  }
}

function fieldProblem(field: CustomerField, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return `must be text, not ${typeName(value)}`
  const wrong = textProblem(value, field === 'phone' ? MAX_PHONE : MAX_FIELD)
  if (wrong) return wrong
  return isDamaged(value) ? DAMAGED : undefined
}

/** Two rows of one phone count as if they had been written one after the other. */
export function mergeRows(before: ImportRow | undefined, row: ImportRow): ImportRow {
  if (!before) return row
  const { attributes = before.attributes } = row
  return {
    ...before,
    ...row,
    first_name: row.first_name ?? before.first_name,
    last_name: row.last_name ?? before.last_name,
    location: row.location ?? before.location,
    prefered_product: row.prefered_product ?? before.prefered_product,
    ...(attributes && { attributes: { ...before.attributes, ...attributes } }),
  }
}
