/** Errors that a caller can act on: each carries the HTTP status and the stable code that it is answered with. */

export interface ErrorDetail {
  readonly path: string
  readonly message: string
}

/** Every code that the API answers with, and its HTTP status. */
export const errorStatus = {
  INVALID_REQUEST: 400,
  EMPTY_CUSTOMER_IDS: 400,
  TOO_MANY_CUSTOMER_IDS: 400,
  INVALID_CAMPAIGN_STATUS: 400,
  TEMPLATE_UNKNOWN_PLACEHOLDER: 400,
  IDEMPOTENCY_KEY_NOT_SUPPORTED: 400,
  UNAUTHORIZED: 401,
  FOREIGN_HOST: 403,
  FOREIGN_ORIGIN: 403,
  CAMPAIGN_NOT_FOUND: 404,
  CUSTOMER_NOT_FOUND: 404,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  CUSTOMER_EXISTS: 409,
  CAMPAIGN_STATUS_CONFLICT: 409,
  IDEMPOTENCY_KEY_IN_USE: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_KEY_REUSED: 422,
  INTERNAL_ERROR: 500,
  DATABASE_UNAVAILABLE: 503,
  DATABASE_STARTING: 503,
  DATABASE_FULL: 503,
  DATABASE_READ_ONLY: 503,
  DATABASE_STANDBY_MISSING: 503,
  DATABASE_OUT_OF_MEMORY: 503,
  DATABASE_TOO_MANY_CONNECTIONS: 503,
  DATABASE_LOGIN_REFUSED: 503,
  DATABASE_PERMISSION_DENIED: 503,
  DATABASE_MISSING: 503,
  DATABASE_NOT_MIGRATED: 503,
  DATABASE_DAMAGED: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/** A refusal with its reason. `details` is answered as it is, so it must hold nothing private. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: unknown
  constructor(code: ErrorCode, message: string, details?: unknown) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }
  get status(): number {
    return errorStatus[this.code]
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
