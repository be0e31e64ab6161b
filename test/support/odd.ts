/** Inputs that programs have stumbled over, for tests that send them. */
import naughty from 'big-list-of-naughty-strings'
import type { Schema } from './openapi.ts'

export { naughty }

export const MB = 1024 * 1024

/** Values of every JSON type, and of every size that has been trouble somewhere. */
export const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  -0,
  0.5,
  2147483647,
  2147483648,
  4294967296,
  Number.MAX_SAFE_INTEGER,
  9223372036854775807n.toString(),
  1e308,
  -1e308,
  5e-324,
  '',
  ' ',
  '0',
  '1',
  'null',
  'undefined',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202e',
  'x'.repeat(201),
  'x'.repeat(4097),
  '😀'.repeat(4096),
  '{'.repeat(4096),
  'x'.repeat(MB),
  [],
  [null],
  [1, '2'],
  [[1]],
  {},
  { id: 1 },
  { toString: 1 },
  '2030-02-30T00:00:00Z',
  '2030-01-01T00:00:00',
  '+010000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
]

export const oddQuery = [
  ...odd.filter((value) => typeof value !== 'object').map(String),
  '1e3',
  '0x10',
  '1.0',
  '٣',
  '+1',
  '-1',
]

export const notJson = [
  '',
  ' ',
  '{',
  '{"name"',
  '{"name":}',
  "{'name':1}",
  '{"a":1}}',
  'undefined',
  'NaN',
  '{"a":01}',
  '\ufeff',
]
export const otherTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/xml',
  'x',
]

const noText = new Set(['integer', 'number', 'boolean', 'array', 'object'])

/**
 * @returns the strings to try in a field, asked for one after the other: free text gets all of them where its kind comes
 *   first; elsewhere some of them show that it is read alike
 */
export function openNaughty(): (name: string, schema: Schema) => readonly string[] {
  const tried = new Set<string>()
  return (name, schema) => {
    const { type, enum: listed, format, pattern } = schema
    const kind = `${name} ${JSON.stringify(schema)}`
    const isFirst = !tried.has(kind)
    tried.add(kind)
    const isText = !listed && format === undefined && pattern === undefined && !noText.has(type ?? '')
    return isFirst && isText ? naughty : naughty.filter((_, nth) => nth % 16 === 0)
  }
}
