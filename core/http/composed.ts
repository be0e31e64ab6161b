/**
 * Text in Unicode's composed form (NFC). A letter with its accents apart looks the same, is not found by who types it, and
 * makes a text message up to three times as long.
 */

/** Characters below U+0300 are composed in any order (UAX #15, 14.1.1). */
const mayBeDecomposed = /[\u0300-\uffff]/
const mayBeDecomposedJson = /[\u0300-\uffff]|\\u/

/** A JSON value with all its text composed; names of fields stay. */
export function composed<T>(value: T): T {
  if (typeof value === 'string') return (mayBeDecomposed.test(value) ? value.normalize('NFC') : value) as T
  if (Array.isArray(value)) return value.map(composed) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, composed(inner)])) as T
}

/** Parses JSON and composes its text. Text that holds nothing to compose is not walked. */
export function parseComposed(json: string): unknown {
  const value: unknown = JSON.parse(json)
  return mayBeDecomposedJson.test(json) ? composed(value) : value
}
