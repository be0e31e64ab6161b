/** Puts what a request has wrong into words: which field, and what it should be. */
import type { TSchema } from '@sinclair/typebox'
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import type { ValidationError } from 'elysia'
import type { ErrorDetail } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import { typeName } from '../text/text.ts'
import { problemOf } from './fields.ts'

/** Problems that one answer lists. */
export const MAX_PROBLEMS = 20
/** Longest part shown of an unknown field's name, which may be a megabyte long. */
const MAX_NAME = 64

const places: Record<string, string> = { query: 'query.', params: 'path.', headers: 'header.' }

/** The problems that Elysia's check found, the first for each field, at most MAX_PROBLEMS. */
export function explain(error: ValidationError): ErrorDetail[] {
  const { validator, value, type } = error
  return 'Errors' in validator ? describe(validator.Errors(value), places[type] ?? '') : []
}

/** The problems of a value that is no part of a request, in the same form. */
export const problemsIn = (schema: TSchema, value: unknown): ErrorDetail[] => describe(Value.Errors(schema, value), '')

function describe(problems: Iterable<ValueError>, place: string): ErrorDetail[] {
  const details = new Map<string, ErrorDetail>()
  for (const problem of withinNullable(problems)) {
    const path = place + fieldPath(problem.path)
    if (!details.has(path)) details.set(path, { path, message: sentence(problem, path) })
    if (details.size === MAX_PROBLEMS) break
  }
  return [...details.values()]
}

/** Problems as they are, but for a value that may be null and is not: those with what it should be. */
function* withinNullable(problems: Iterable<ValueError>): Iterable<ValueError> {
  for (const problem of problems) {
    const [first, second, ...others] = (problem.schema.anyOf ?? []) as TSchema[]
    const isNullable = first !== undefined && second?.type === 'null' && others.length === 0
    const within = problem.type === ValueErrorType.Union && isNullable ? problem.errors[0] : undefined
    if (within) yield* withinNullable(within)
    else yield problem
  }
}

/** `/ids/3` as `ids[3]`. */
function fieldPath(pointer: string): string {
  const [, ...steps] = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps
    .map((step, i) => (i > 0 && /^\d+$/.test(step) ? `[${step}]` : `${i > 0 ? '.' : ''}${short(step)}`))
    .join('')
}

function short(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}...` : name
}

function sentence({ type, schema, value, path: pointer }: ValueError, path: string): string {
  const name = path === '' ? 'The body' : path
  const known = Object.keys(schema.properties ?? {})
  switch (type) {
    case ValueErrorType.ObjectRequiredProperty:
      return `${name} is required`
    case ValueErrorType.ObjectAdditionalProperties:
      return unknownField(pointer.slice(pointer.lastIndexOf('/') + 1), name, known)
    case ValueErrorType.ObjectMinProperties:
      return `${name} must hold at least one of ${known.join(', ')}`
    case ValueErrorType.Object:
      if (path === '' && value === undefined) return 'The body is missing: send a JSON object'
      return `${name} must be a JSON object, not ${typeName(value)}`
    case ValueErrorType.ArrayMaxItems:
      return `${name} must hold at most ${schema.maxItems} items`
    case ValueErrorType.Array:
      return `${name} must be a list, not ${typeName(value)}`
    default:
      return `${name} ${problemOf(schema, value) ?? 'is not valid'}`
  }
}

function unknownField(field: string, name: string, known: readonly string[]): string {
  const meant = field.length <= MAX_NAME ? nearest(field, known) : undefined
  const what = name.startsWith('query.') ? 'parameter' : 'field'
  return `${name} is not a known ${what}: ${meant ? `did you mean "${meant}"?` : `use one of ${known.join(', ')}`}`
}
