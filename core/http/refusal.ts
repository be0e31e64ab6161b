/** Maps errors to answers. An error that is not known here is our own fault: 500, with its details in the log only. */
import { NotFoundError, ParseError, ValidationError } from 'elysia'
import { faultOf } from '../db/faults.ts'
import { isConflict } from '../db/retry.ts'
import { AppError, errors } from '../errors.ts'
import { explain, MAX_PROBLEMS } from './explain.ts'

/** Values that PostgreSQL cannot take: 22001 too long, 22003 out of range, 22021 bad bytes, 22P02 and others malformed. */
const badValue = /^22(001|003|007|008|021|P02|P03|P05)$/
/** A closed embedded database, and a statement cut off at its time limit. */
const gone = /PGlite is clos|driver has already been destroyed/

/** @returns undefined for an error that nobody foresaw */
export function refusalFor(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  if (error instanceof ParseError) return unread(error.cause)
  if (error instanceof ValidationError) return error.type === 'response' ? undefined : invalid(error)
  if (error instanceof NotFoundError) return new AppError(errors.NOT_FOUND, 'There is nothing at this address')
  return database(error)
}

function unread(cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const message = 'The body could not be read'
  return new AppError(errors.INVALID_REQUEST, message, [{ path: '', message }])
}

function invalid(error: ValidationError): AppError {
  const details = explain(error)
  const [first] = details
  const more = details.length === MAX_PROBLEMS ? ` (the first ${MAX_PROBLEMS} problems are listed)` : ''
  const message =
    details.length === 1 && first ? first.message : `The request has ${details.length} problems${more}: see details`
  return new AppError(errors.INVALID_REQUEST, message, details)
}

function database(error: unknown): AppError | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  const fault = faultOf(error)
  if (fault) return new AppError(errors[fault.code], fault.message)
  if (code === '57014' || gone.test(error.message))
    return new AppError(errors.DATABASE_UNAVAILABLE, 'The database cannot be reached at the moment: try again later')
  if (isConflict(error))
    return new AppError(errors.DATABASE_UNAVAILABLE, 'The database is busy at the moment: try again later')
  if (badValue.test(code)) {
    const message = 'The request holds a value that cannot be stored'
    return new AppError(errors.INVALID_REQUEST, message, [{ path: '', message }])
  }
  return error.cause === undefined ? undefined : database(error.cause)
}
