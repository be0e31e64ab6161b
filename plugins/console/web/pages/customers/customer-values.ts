/** A customer as a form edits them: every value as typed, and the changes for the API. Pure. */
import { type AttributeValue, parseAttribute } from '../../../../../core/messaging/contacts/attributes.ts'
import { splitTags } from '../../../../../core/messaging/contacts/tags.ts'
import { type Attribute, type Customer, type CustomerField, customerFields } from '../../api/types.ts'

export const moreFields = ['language', 'time_zone'] as const
export type PlainField = CustomerField | (typeof moreFields)[number]
export const plainFields: readonly PlainField[] = [...customerFields, ...moreFields]

export interface CustomerValues {
  readonly fields: Readonly<Record<PlainField, string>>
  /** Separated by commas. */
  readonly tags: string
  /** By the names of attributes; those without a value are absent or empty. */
  readonly attributes: Readonly<Record<string, string>>
}

export function valuesOf(customer: Customer | undefined): CustomerValues {
  const given = Object.entries(customer?.attributes ?? {})
  return {
    fields: Object.fromEntries(
      plainFields.map((field) => [field, customer?.[field] ?? '']),
    ) as CustomerValues['fields'],
    tags: (customer?.tags ?? []).join(', '),
    attributes: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  }
}

/** Faults of values by their paths, such as `attributes.points`. */
export type Problems = ReadonlyMap<string, string>

export interface Body {
  readonly body: Readonly<Record<string, unknown>>
  /** Values that do not fit their types; nothing is sent then. */
  readonly problems: Problems
}

/** Changes only, but for the fields that every customer has. A blank field clears its value; the phone cannot be cleared. */
export function bodyOf(before: CustomerValues, now: CustomerValues, attributes: readonly Attribute[]): Body {
  const textOf = (field: PlainField) => now.fields[field].trim() || (field === 'phone' ? '' : null)
  const isChanged = (field: PlainField) => now.fields[field] !== before.fields[field]
  const fields = plainFields.filter((field) => customerFields.some((one) => one === field) || isChanged(field))
  const problems = new Map<string, string>()
  const values: Record<string, AttributeValue | null> = {}
  for (const { name, type } of attributes) {
    const text = now.attributes[name] ?? ''
    if (text === (before.attributes[name] ?? '')) continue
    const read = parseAttribute(type, text)
    if ('problem' in read) problems.set(`attributes.${name}`, `This ${read.problem}`)
    else values[name] = read.value
  }
  const body = {
    ...Object.fromEntries(fields.map((field) => [field, textOf(field)])),
    ...(now.tags !== before.tags && { tags: splitTags(now.tags).map((tag) => tag.trim()) }),
    ...(Object.keys(values).length > 0 && { attributes: values }),
  }
  return { body, problems }
}
