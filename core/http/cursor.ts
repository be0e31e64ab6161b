/** The cursor of a list that is read by keyset: what was shown last, wrapped so that nobody builds on its form. */
import { AppError, errors } from '../errors.ts'
import { MAX_ID } from './fields.ts'

const PREFIX = 'after:'
const MAX_BIGINT = 9_223_372_036_854_775_807n

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
  throw refused()
}

const PAIR = /^at:(\d{1,19})\.(\d{1,19})$/

/** The cursor of a list that is ordered by two ids, each a bigint. */
export const writePair = (first: string, second: string): string =>
  Buffer.from(`at:${first}.${second}`).toString('base64url')

/**
 * @param cursor undefined at the beginning
 * @returns the ids to go on after; zeros at the beginning
 * @throws AppError INVALID_REQUEST for anything that `writePair` did not write
 */
export function readPair(cursor: string | undefined): readonly [string, string] {
  if (cursor === undefined) return ['0', '0']
  const [, first = '', second = ''] = PAIR.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const fits = [first, second].every((id) => id !== '' && BigInt(id) <= MAX_BIGINT)
  if (fits && writePair(first, second) === cursor) return [first, second]
  throw refused()
}

function refused(): AppError {
  const message = 'query.cursor must be a next_cursor from an earlier answer, or absent'
  return new AppError(errors.INVALID_REQUEST, message, [{ path: 'query.cursor', message }])
}
