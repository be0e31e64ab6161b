/** Failures of PostgreSQL that are nobody's request's fault, each with the code and the words that people get. */
import type { errors } from '../errors.ts'

export interface DatabaseFault {
  readonly code: Extract<keyof typeof errors, `DATABASE_${string}`>
  /** For people: what is wrong; holds no name, address or SQL. */
  readonly message: string
  /** The same statement may succeed later as it is. */
  readonly passing: boolean
}

type Row = readonly [pattern: RegExp, code: DatabaseFault['code'], message: string, passing: boolean]

/** By SQLSTATE (PostgreSQL's manual, appendix A) or, before there is a session, by the system's or the driver's code. The first match counts. */
const table: readonly Row[] = [
  [/^53100$/, 'DATABASE_FULL', 'The disk of the database is full: nothing can be written until space is freed', true],
  [/^53200$/, 'DATABASE_OUT_OF_MEMORY', 'The database is out of memory: try again later', true],
  [/^53300$/, 'DATABASE_TOO_MANY_CONNECTIONS', 'The database has no free connections: try again later', true],
  [/^53...$/, 'DATABASE_UNAVAILABLE', 'The database is short of resources: try again later', true],
  [/^25006$/, 'DATABASE_READ_ONLY', 'The database is read-only, like a standby: it accepts no writes', true],
  [/^57P03$/, 'DATABASE_STARTING', 'The database is starting or recovering: try again later', true],
  [/^28...$/, 'DATABASE_LOGIN_REFUSED', 'The database rejects the user name or the password of this service', true],
  [/^3D000$/, 'DATABASE_MISSING', 'The database server has no database of this name', true],
  [/^42501$/, 'DATABASE_PERMISSION_DENIED', 'The database user lacks a permission', false],
  [/^(42P01|3F000)$/, 'DATABASE_NOT_MIGRATED', 'The database is not migrated: run npm run migrate', false],
  [/^(58...|XX001|XX002)$/, 'DATABASE_DAMAGED', 'The database cannot read or write its files: see its log', false],
  [
    /^(08...|57P0[1245]|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|ENOTFOUND|EAI_AGAIN)$/,
    'DATABASE_UNAVAILABLE',
    'The database cannot be reached at the moment: try again later',
    true,
  ],
]

/** The value of an error's `code`, where it is text. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** @returns undefined for an error that says something about the statement or the program */
export function faultOf(error: unknown): DatabaseFault | undefined {
  const sqlState = codeOf(error)
  const row = sqlState === undefined ? undefined : table.find(([pattern]) => pattern.test(sqlState))
  return row && { code: row[1], message: row[2], passing: row[3] }
}
