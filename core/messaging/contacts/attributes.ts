/**
 * Attributes of customers: how they may be called, which types they have, and which values. Pure.
 *
 * - text: at most 200 characters. Text that shows nothing is no value.
 * - number: as JSON has it; finite.
 * - boolean: true or false.
 * - date: a day of the calendar, `2030-01-31`.
 */
import { isBlank } from '../../text/invisible.ts'
import { textProblem } from '../../text/text.ts'
import { STOP_LINK } from './fields.ts'

export const attributeTypes = ['text', 'number', 'boolean', 'date'] as const
export type AttributeType = (typeof attributeTypes)[number]

export type AttributeValue = string | number | boolean
/** Values by the names of attributes. */
export type AttributeValues = Readonly<Record<string, AttributeValue>>

/** Types of the attributes that are declared, by name. */
export type AttributeTypes = ReadonlyMap<string, AttributeType>
export const noAttributes: AttributeTypes = new Map()

export const MAX_ATTRIBUTES = 100
export const MAX_NAME = 40
const MAX_TEXT = 200

/** As the database checks it (migration 0026). */
export const NAME_PATTERN = `^[a-z][a-z0-9_]{0,${MAX_NAME - 1}}$`
const namePattern = new RegExp(NAME_PATTERN)

/** Fields that every customer has: a placeholder or a column of that name means the field. */
const fixed = [
  ...['id', 'phone', 'first_name', 'last_name', 'location', 'prefered_product', 'preferred_product'],
  ...['attributes', 'tags', 'language', 'time_zone', 'created_at', 'updated_at', STOP_LINK],
]
const reserved = new Set(fixed.flatMap((name) => [name, name.replaceAll('_', '')]))

/** Fault of a name for an attribute, as a sentence that goes on from the field's name. */
export function attributeNameProblem(name: string): string | undefined {
  if (!namePattern.test(name))
    return `must be a lower-case letter and up to ${MAX_NAME - 1} lower-case letters, digits and underscores, such as loyalty_points`
  return reserved.has(name) ? 'is the name of a field that every customer has: choose another one' : undefined
}

/** The name that a column of a file suggests: `Loyalty points` is `loyalty_points`. Undefined where there is none. */
export function attributeNameOf(column: string): string | undefined {
  const words = column
    .replace(/^\s*attributes\s*\./i, '')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  const name = words.filter(Boolean).join('_')
  return attributeNameProblem(name) === undefined ? name : undefined
}

/** The value, null for none, or the fault as a sentence that goes on from the attribute's name. */
export type ReadValue = { readonly value: AttributeValue | null } | { readonly problem: string }

const misfits: Readonly<Record<AttributeType, string>> = {
  text: 'is not text; give it in quotes, such as "Nairobi"',
  number: 'is not a number; give a number such as 12.5',
  boolean: 'is not true or false; give one of them',
  date: 'is not a day of the calendar; give a date such as 2030-01-31',
}
const misfit = (type: AttributeType): ReadValue => ({ problem: misfits[type] })

/** Reads a value of JSON. Null is none. */
export function readAttribute(type: AttributeType, value: unknown): ReadValue {
  if (value === null) return { value }
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? { value } : misfit(type)
  if (type === 'boolean') return typeof value === 'boolean' ? { value } : misfit(type)
  if (typeof value !== 'string') return misfit(type)
  if (type === 'date') return isDate(value) ? { value } : misfit(type)
  const problem = textProblem(value, MAX_TEXT)
  return problem === undefined ? { value: isBlank(value) ? null : value } : { problem }
}

/** A plain number, as a file or a query has it: no separators of thousands, which mean other things elsewhere. */
const numberText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
])

/** Reads a value of a file or a query, where it may be written as text whatever its type is. */
export function parseAttribute(type: AttributeType, given: unknown): ReadValue {
  if (typeof given !== 'string') {
    const isPlain = typeof given === 'number' || typeof given === 'boolean'
    return readAttribute(type, type === 'text' && isPlain ? String(given) : given)
  }
  const text = given.trim()
  if (isBlank(text)) return { value: null }
  if (type === 'number') return readAttribute(type, numberText.test(text) ? Number(text) : Number.NaN)
  if (type === 'boolean') return readAttribute(type, booleans.get(text.toLowerCase()))
  return readAttribute(type, text)
}

/** A number without zeros before it, which codes and phones have, and with no more digits than a number keeps. */
const surelyNumber = /^-?(?=(?:\D*\d){1,15}\D*$)(?:0|[1-9]\d*)(?:\.\d+)?$/

/** The type that all of these values have, of which none is blank; text where they have none in common. */
export function inferType(values: readonly unknown[]): AttributeType {
  if (values.length === 0) return 'text'
  const all = (fits: (text: string) => boolean) =>
    values.every((value) => typeof value === 'string' && fits(value.trim()))
  if (values.every((value) => typeof value === 'number') || all((text) => surelyNumber.test(text))) return 'number'
  if (values.every((value) => typeof value === 'boolean') || all((text) => /^(?:true|false)$/i.test(text)))
    return 'boolean'
  return all(isDate) ? 'date' : 'text'
}

/** True for a real day: PostgreSQL has no year 0. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return false
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}
