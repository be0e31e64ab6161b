/** Arrays of the types that our tables and statements use, as PostgreSQL writes them: flat ones only. */
import type postgres from 'postgres'
import { parse } from 'postgres-array'

type Value = string | number | null

/** Object identifiers of the array types (PostgreSQL, src/include/catalog/pg_type.dat: `array_type_oid`). */
const oids = {
  numbers: { int2: 1005, int4: 1007, float8: 1022 },
  /** Stays text here: a number would lose digits. */
  bigNumbers: { int8: 1016 },
  texts: { text: 1009 },
} as const

/** As PostgreSQL reads them (its manual, 8.15.2 Array Value Input): numbers as they are, texts in quotes. */
const writers = {
  numbers: (values: readonly Value[]) => `{${values.map((value) => value ?? 'null').join(',')}}`,
  texts: (values: readonly Value[]) =>
    values.length > 0 && values.every(isPlain)
      ? joinPlain(values)
      : `{${values.map((value) => (value === null ? 'null' : quoted(value))).join(',')}}`,
}

const isPlain = (value: Value): value is string =>
  typeof value === 'string' && !value.includes('"') && !value.includes('\\')

/**
 * Messages by the thousand pass here, and hardly one has anything to escape. Their texts are copied once only, the braces
 * with them: memory that is new each time costs more than all else that is done here.
 */
function joinPlain(values: readonly string[]): string {
  const parts = [...values]
  parts[0] = `{"${parts[0]}`
  parts.push(`${parts.pop()}"}`)
  return parts.join('","')
}

const quoted = (value: string | number) => `"${String(value).replace(/["\\]/g, '\\$&')}"`

function typed<T>(
  kinds: Readonly<Record<string, number>>,
  serialize: (values: readonly Value[]) => string,
  read: (text: string) => T,
) {
  return Object.entries(kinds).map(([name, oid]) => [
    `${name}Array`,
    { to: oid, from: [oid], serialize, parse: (text: string) => parse(text, read) },
  ])
}

const asItIs = (text: string) => text

/** For the option `types` of postgres.js. */
export const arrayTypes: Readonly<Record<string, postgres.PostgresType>> = Object.fromEntries([
  ...typed(oids.numbers, writers.numbers, Number),
  ...typed(oids.bigNumbers, writers.numbers, asItIs),
  ...typed(oids.texts, writers.texts, asItIs),
])
