/**
 * The types of what a request may hold. Each knows how to say what is wrong with a value, in a sentence that goes on
 * from the field's name, and is plain OpenAPI on the outside. They never echo the value: it may be huge, or private.
 */
import { Kind, type TSchema, type TUnsafe, TypeRegistry } from '@sinclair/typebox'
import { isBlank } from '../text/invisible.ts'
import { textProblem, typeName } from '../text/text.ts'
import { parseTime } from './time.ts'

/** The fault of a value, or undefined. */
type Problem = (value: unknown) => string | undefined

interface Checked {
  readonly problem: Problem
}

/** Largest value of an id column (a 32-bit integer). */
export const MAX_ID = 2_147_483_647

const KIND = 'Checked'
TypeRegistry.Set<Checked>(KIND, (schema, value) => schema.problem(value) === undefined)

function field<T>(shape: Record<string, unknown>, problem: Problem): TUnsafe<T> {
  return { [Kind]: KIND, ...shape, problem } as unknown as TUnsafe<T>
}

/** The problem of a field made here; undefined for any other schema. */
export function problemOf(schema: TSchema, value: unknown): string | undefined {
  return typeof schema?.problem === 'function' ? (schema.problem as Problem)(value) : undefined
}

/** The same field, which may also be null. */
export function nullable<T>(schema: TUnsafe<T>): TUnsafe<T | null> {
  const inner = schema as TSchema
  return field<T | null>({ ...inner, nullable: true }, (value) =>
    value === null ? undefined : problemOf(inner, value),
  )
}

interface About {
  readonly description?: string
  readonly example?: unknown
}

/** Text that PostgreSQL can store. With `min` 1 it must also show something. */
export function text({ min = 0, max, ...about }: { min?: 0 | 1; max: number } & About): TUnsafe<string> {
  const shape = { type: 'string', ...(min ? { minLength: min, pattern: '\\S' } : {}), maxLength: max, ...about }
  return field<string>(shape, (value) => {
    if (typeof value !== 'string') return `must be text, not ${typeName(value)}`
    return textProblem(value, max) ?? (min && isBlank(value) ? 'must not be empty' : undefined)
  })
}

/** Text of a form that has a name. `problem` says what is wrong with a text, as a sentence that goes on from the field's name. */
export function formatted({
  format,
  max,
  problem,
  ...about
}: { format: string; max: number; problem: (value: string) => string | undefined } & About): TUnsafe<string> {
  return field<string>({ type: 'string', format, maxLength: max, ...about }, (value) => {
    if (typeof value !== 'string') return `must be text, not ${typeName(value)}`
    return textProblem(value, max) ?? problem(value)
  })
}

interface ValuesByName extends About {
  /** For the documentation: schema of each value, and their number at most. */
  readonly values?: TSchema
  readonly most?: number
}

/** An object of values by names that the schema does not know: whoever knows them checks both. */
export function valuesByName({
  values,
  most,
  ...about
}: ValuesByName = {}): TUnsafe<Readonly<Record<string, unknown>>> {
  const bound = most === undefined ? {} : { maxProperties: most }
  const shape = { type: 'object', additionalProperties: values ?? true, ...bound, ...about }
  return field<Readonly<Record<string, unknown>>>(shape, (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : `must be a JSON object, not ${typeName(value)}`,
  )
}

/** A number of JSON within bounds; text that looks like one is none. */
export function number({
  min,
  max,
  whole = false,
  ...about
}: { readonly min: number; readonly max: number; readonly whole?: boolean } & About): TUnsafe<number> {
  const kind = whole ? 'a whole number' : 'a number'
  const shape = { type: whole ? 'integer' : 'number', minimum: min, maximum: max, ...about }
  return field<number>(shape, (value) => {
    if (typeof value !== 'number') return `must be ${kind}, not ${typeName(value)}`
    return value >= min && value <= max && (!whole || Number.isInteger(value))
      ? undefined
      : `must be ${kind} from ${min} to ${max}`
  })
}

/** An id in a JSON body. */
export function id(about: About = {}): TUnsafe<number> {
  return field<number>({ type: 'integer', minimum: 1, maximum: MAX_ID, ...about }, (value) => {
    if (typeof value !== 'number') return `must be a whole number, not ${typeName(value)}`
    return Number.isInteger(value) && value >= 1 && value <= MAX_ID
      ? undefined
      : `must be a whole number from 1 to ${MAX_ID}`
  })
}

/** A whole number in a path or a query, where everything is text: decimal digits only. Read it with `Number`. */
export function digits({ min, max, ...about }: { min: number; max?: number } & About): TUnsafe<string> {
  const shape = { type: 'integer', minimum: min, ...(max === undefined ? {} : { maximum: max }), ...about }
  const range = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`
  return field<string>(shape, (value) => {
    const number = typeof value === 'string' && /^\d{1,100}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= (max ?? Number.POSITIVE_INFINITY) ? undefined : `must be a whole number ${range}`
  })
}

export function oneOf<const T extends string>(values: readonly T[], about: About = {}): TUnsafe<T> {
  const known: ReadonlySet<unknown> = new Set(values)
  const named = values.map((value) => `"${value}"`).join(', ')
  return field<T>({ type: 'string', enum: [...values], ...about }, (value) =>
    known.has(value) ? undefined : `must be one of ${named}`,
  )
}

/** An object of any fields: whoever reads it judges them. */
export function object<T extends object>(about: About = {}): TUnsafe<T> {
  return field<T>({ type: 'object', additionalProperties: true, ...about }, (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : `must be a JSON object, not ${typeName(value)}`,
  )
}

/** A time: RFC 3339 with any offset. Read it with `parseTime`. */
export function moment(about: About = {}): TUnsafe<string> {
  return field<string>({ type: 'string', format: 'date-time', ...about }, (value) => {
    if (typeof value !== 'string') return `must be a time as text, not ${typeName(value)}`
    const parsed = parseTime(value)
    return parsed.ok ? undefined : parsed.reason
  })
}
