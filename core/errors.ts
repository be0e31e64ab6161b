/** Errors that a caller can act on: each kind has a stable code and an HTTP status. */
import { type TSchema, Type } from '@sinclair/typebox'

/** A kind of error. It is defined next to the code that throws it: the host's here, those of the domain and of plugins in their folders. */
export interface ErrorKind<Code extends string = string> {
  readonly code: Code
  readonly status: number
  /** An example for the documentation. */
  readonly example: { readonly message: string; readonly details?: unknown }
  /** Schema of `details`, if there are any. */
  readonly schema?: TSchema
}

interface Definition {
  readonly status: number
  /** An example, as is `details`. */
  readonly message: string
  readonly details?: unknown
  /** Schema of `details`, with a description that says what they are. */
  readonly schema?: TSchema
}

/** Defines kinds by their codes. */
export function defineErrors<const T extends Readonly<Record<string, Definition>>>(
  definitions: T,
): { readonly [C in keyof T & string]: ErrorKind<C> } {
  const kinds = Object.entries(definitions).map(([code, { status, schema, ...example }]) => [
    code,
    Object.freeze({ code, status, example: Object.freeze(example), ...(schema && { schema }) }),
  ])
  return Object.freeze(Object.fromEntries(kinds))
}

export interface ErrorDetail {
  readonly path: string
  readonly message: string
}

/** Details of an invalid request. */
export const fieldProblems = Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
  description: 'The invalid fields',
})

/** Kinds of errors of the host, which every route may return. */
export const errors = defineErrors({
  INVALID_REQUEST: {
    status: 400,
    message: 'The request has 2 problems: see details',
    details: [
      { path: 'name', message: 'name is required' },
      { path: 'nmae', message: 'nmae is not a known field: did you mean "name"?' },
    ],
    schema: fieldProblems,
  },
  IDEMPOTENCY_KEY_NOT_SUPPORTED: {
    status: 400,
    message: 'PATCH /things/{id} does not support the header Idempotency-Key: leave it out. No route supports it',
    schema: fieldProblems,
  },
  UNAUTHORIZED: {
    status: 401,
    message: 'An API key is missing: send the header "Authorization: Bearer <key>"',
  },
  FORBIDDEN: { status: 403, message: 'This caller lacks the scope "things:write"' },
  FOREIGN_HOST: {
    status: 403,
    message: 'Without API_KEYS this service can be reached on localhost only: set API_KEYS',
  },
  FOREIGN_ORIGIN: { status: 403, message: 'Requests from pages of other sites are refused' },
  NOT_FOUND: { status: 404, message: 'There is nothing at this address' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'PUT is not allowed here: use GET, HEAD, OPTIONS' },
  REQUEST_TIMEOUT: {
    status: 408,
    message: 'No part of the body arrived for 120 seconds: send the request again',
  },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The body is larger than 4 MB (4194304 bytes)' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: 'The body must be JSON: send the header "Content-Type: application/json"',
  },
  INTERNAL_ERROR: { status: 500, message: 'Internal error: the log has the details under request 5f0c2d3e' },
  DATABASE_UNAVAILABLE: { status: 503, message: 'The database cannot be reached at the moment: try again later' },
  DATABASE_STARTING: { status: 503, message: 'The database is starting or recovering: try again later' },
  DATABASE_FULL: {
    status: 503,
    message: 'The disk of the database is full: nothing can be written until space is freed',
  },
  DATABASE_READ_ONLY: {
    status: 503,
    message: 'The database is read-only, like a standby: it accepts no writes',
  },
  DATABASE_STANDBY_MISSING: {
    status: 503,
    message:
      'The database waits for a synchronous standby that does not answer: writes are confirmed once it is back. If this was a write, it may be stored: check before you repeat it',
  },
  DATABASE_OUT_OF_MEMORY: { status: 503, message: 'The database is out of memory: try again later' },
  DATABASE_TOO_MANY_CONNECTIONS: { status: 503, message: 'The database has no free connections: try again later' },
  DATABASE_LOGIN_REFUSED: {
    status: 503,
    message: 'The database rejects the user name or the password of this service',
  },
  DATABASE_PERMISSION_DENIED: {
    status: 503,
    message: 'The database user lacks a permission',
  },
  DATABASE_MISSING: { status: 503, message: 'The database server has no database of this name' },
  DATABASE_NOT_MIGRATED: {
    status: 503,
    message: 'The database is not migrated: run npm run migrate',
  },
  DATABASE_DAMAGED: { status: 503, message: 'The database cannot read or write its files: see its log' },
})

/** A refusal with its reason. `details` is answered as it is, so it must hold nothing private. */
export class AppError extends Error {
  readonly code: string
  readonly status: number
  readonly details: unknown
  constructor({ code, status }: ErrorKind, message: string, details?: unknown) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.status = status
    this.details = details
  }
}

/** Something that the process needs is out of order. The message holds no name, address or SQL: it may be shown. */
export class Outage extends Error {
  override readonly name = 'Outage'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A process that cannot start says why in one line and exits with 1: no stack is printed for it. */
export class BootError extends Error {
  override readonly name = 'BootError'
}
