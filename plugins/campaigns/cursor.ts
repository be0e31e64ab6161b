/** The cursor of a recipient list: the last customer id that was shown, wrapped so that nobody builds on its form. */
import { AppError } from '../../core/errors.ts'
import { MAX_ID } from '../../core/http/fields.ts'

const PREFIX = 'after:'

export const writeCursor = (customerId: number): string => Buffer.from(PREFIX + customerId).toString('base64url')

/** @throws AppError INVALID_REQUEST for anything that `writeCursor` did not write */
export function readCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString()
  const id = text.startsWith(PREFIX) ? Number(text.slice(PREFIX.length)) : Number.NaN
  if (id >= 1 && id <= MAX_ID && writeCursor(id) === cursor) return id
  const message = 'query.cursor must be a next_cursor from an earlier answer, or absent'
  throw new AppError('INVALID_REQUEST', message, [{ path: 'query.cursor', message }])
}
