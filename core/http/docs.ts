/** Schemas that the documents of routes share. */
import type { TSchema, TUnsafe } from '@sinclair/typebox'
import { type Static, t } from 'elysia'
import type { ErrorKind } from '../errors.ts'

/** The one form of all errors. @param kinds that there are */
export function errorSchema(kinds: readonly ErrorKind[]): TSchema {
  const details = [...new Set(kinds.map(({ schema }) => schema).filter((schema) => schema !== undefined))]
  return t.Object(
    {
      error: t.Object({
        code: t.String({ enum: [...new Set(kinds.map(({ code }) => code))] }),
        message: t.String({ description: 'What is wrong and what to do, for a person' }),
        details: t.Optional(t.Union(details)),
      }),
    },
    { title: 'Error', description: 'Every error has this form' },
  )
}

/** Authentication of callers, for a route's `security`. */
export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'One of API_KEYS; where none are set, none is needed' },
} as const

/** A value that may be null, as OpenAPI 3.0 writes it. */
export function orNull<S extends TSchema>(schema: S): TUnsafe<Static<S> | null> {
  const values: unknown = schema.enum
  // OpenAPI 3.0.3 (Schema Object, nullable): an enum without null takes none.
  const withNull = Array.isArray(values) ? { enum: [...values, null] } : {}
  return t.Unsafe<Static<S> | null>({ ...schema, ...withNull, nullable: true })
}

export const utcTime = (description: string) => t.String({ format: 'date-time', description })
