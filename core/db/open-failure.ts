/** The one line that a start ends with when PostgreSQL cannot be used. */
import { BootError } from '../errors.ts'
import { codeOf, faultOf } from './faults.ts'

/** The first match of the code and the message counts. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^28000 .*(no encryption|SSL off)/, 'Check DATABASE_URL: the server wants TLS, so add ?sslmode=require'],
  [/^28/, 'Check DATABASE_URL: its user and password'],
  [/^3D000/, 'Check DATABASE_URL: its database must exist'],
  [/^42501/, 'Grant its user the permission: on a new database, "grant create on schema public"'],
  [/^3F000/, 'Check DATABASE_URL: the schema of its search_path must exist, or name it with ?schema='],
  [/^08P01 .*startup parameter/, 'DATABASE_URL points to a pooler: also set DATABASE_DIRECT_URL to the server itself'],
  [/^08P01 .*(password|SASL|login)/i, 'Check DATABASE_URL: its user and password'],
  [/^TLS_REFUSED/, 'Check DATABASE_URL: remove sslmode, or let the server offer TLS'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/,
    'Check DATABASE_URL: sslrootcert must name the CA of the server certificate, and the host must match the certificate',
  ],
  [
    /^(NOT_POSTGRES|CONNECTION_CLOSED)/,
    'Check DATABASE_URL and that the server runs: the program that answers there may not be PostgreSQL',
  ],
  [/^(22023|42704|42602|F0000|2.{4}) /, 'Check the parameters of DATABASE_URL'],
  [/^(53|57P)/, 'Try again later'],
]

/** The first error of a chain of causes that names a code. */
function findCoded(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error)) return undefined
  if (codeOf(error) !== undefined) return error
  return depth < 5 ? findCoded(error.cause, depth + 1) : undefined
}

/**
 * @param place host and database, without a password
 * @returns a BootError for what lies with the server or the settings; the error itself where the fault is ours
 */
export function openFailure(error: unknown, place: string): unknown {
  if (error instanceof BootError) return error
  const coded = findCoded(error)
  const code = codeOf(coded)
  if (!coded || !code) return error
  const known = advice.find(([pattern]) => pattern.test(`${code} ${coded.message}`))?.[1]
  if (known === undefined && faultOf(coded) === undefined) return error
  const message = coded.message.replace(/\s*\n[\s\S]*$/, '')
  const next = known ?? 'Check DATABASE_URL and that the server runs'
  return new BootError(`Cannot open ${place}: ${code} ${message}. ${next}`)
}
