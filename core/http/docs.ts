/** Schemas that the documentation of routes shares. */
import type { TSchema, TUnsafe } from '@sinclair/typebox'
import { type Static, t } from 'elysia'
import type { ErrorKind } from '../errors.ts'

/** The common form of all errors. @param kinds all kinds of errors */
export function errorSchema(kinds: readonly ErrorKind[]): TSchema {
  const details = [...new Set(kinds.map(({ schema }) => schema).filter((schema) => schema !== undefined))]
  return t.Object(
    {
      error: t.Object({
        code: t.String({ enum: [...new Set(kinds.map(({ code }) => code))] }),
        message: t.String({ description: 'The problem and its fix, for people' }),
        details: t.Optional(t.Union(details)),
      }),
    },
    { title: 'Error', description: 'The form of every error' },
  )
}

/** Authentication of callers, for a route's `security`. */
export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'One of API_KEYS; not needed if no keys are set' },
} as const

/** A value that may be null, as OpenAPI 3.0 writes it. */
export function orNull<S extends TSchema>(schema: S): TUnsafe<Static<S> | null> {
  const values: unknown = schema.enum
  // OpenAPI 3.0.3 (Schema Object, nullable): an enum without null takes none.
  const withNull = Array.isArray(values) ? { enum: [...values, null] } : {}
  return t.Unsafe<Static<S> | null>({ ...schema, ...withNull, nullable: true })
}

/** An object of text, numbers and booleans by names that the schema does not know. */
export function answeredValues(description: string): TUnsafe<Readonly<Record<string, string | number | boolean>>> {
  return t.Unsafe({ type: 'object', description, additionalProperties: true })
}

/** An object of texts by names that the schema does not know. */
export function answeredTexts(description: string): TUnsafe<Readonly<Record<string, string>>> {
  return t.Unsafe({ type: 'object', description, additionalProperties: { type: 'string' } })
}

export const utcTime = (description: string) => t.String({ format: 'date-time', description })
