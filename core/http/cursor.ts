/** The cursor of a list that is read by keyset: the last id that was shown, wrapped so that nobody builds on its form. */
import { AppError } from '../errors.ts'
import { MAX_ID } from './fields.ts'

const PREFIX = 'after:'

export const writeCursor = (id: number): string => Buffer.from(PREFIX + id).toString('base64url')

/**
 * @param cursor undefined at the beginning
 * @returns the id to go on after; 0 at the beginning
 * @throws AppError INVALID_REQUEST for anything that `writeCursor` did not write
 */
export function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const text = Buffer.from(cursor, 'base64url').toString()
  const id = text.startsWith(PREFIX) ? Number(text.slice(PREFIX.length)) : Number.NaN
  if (id >= 1 && id <= MAX_ID && writeCursor(id) === cursor) return id
  const message = 'query.cursor must be a next_cursor from an earlier answer, or absent'
  throw new AppError('INVALID_REQUEST', message, [{ path: 'query.cursor', message }])
}
