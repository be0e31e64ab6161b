/** Arrays of the types that our tables and statements use, as PostgreSQL writes them: flat ones only. */
import type postgres from 'postgres'
import { parse } from 'postgres-array'

type Value = string | number | null

/** Object identifiers of the array types (PostgreSQL, src/include/catalog/pg_type.dat: `array_type_oid`). */
const oids = {
  numbers: { int2: 1005, int4: 1007, float8: 1022 },
  /** int8 stays text: a number would lose digits. */
  texts: { int8: 1016, text: 1009 },
} as const

/** In quotes, which every type takes (PostgreSQL manual, 8.15.2 Array Value Input). */
function serialize(values: readonly Value[]): string {
  const items = values.map((value) => (value === null ? 'null' : `"${String(value).replace(/["\\]/g, '\\$&')}"`))
  return `{${items.join(',')}}`
}

const typed = <T>(kinds: Readonly<Record<string, number>>, read: (text: string) => T) =>
  Object.entries(kinds).map(([name, oid]) => [
    `${name}Array`,
    { to: oid, from: [oid], serialize, parse: (text: string) => parse(text, read) },
  ])

/** For the option `types` of postgres.js. */
export const arrayTypes: Readonly<Record<string, postgres.PostgresType>> = Object.fromEntries([
  ...typed(oids.numbers, Number),
  ...typed(oids.texts, (text) => text),
])
