/** Readers of JSON that a provider wrote: what is missing or of another type reads as absent, and nothing throws. */

/** A field of an object; undefined of anything else. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

/** @param path names of fields, each within the one before it */
export const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce(fieldOf, value)

/** The items of an array; none of anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A text that is not empty, or a whole number as text: ids and codes come as both. */
export function textOf(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An id that can be stored: at most 255 characters, without control characters and half surrogate pairs. */
export function idOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^\P{Cc}{1,255}$/u.test(text) && text.isWellFormed() ? text : undefined
}

/** The JSON in raw bytes; undefined where they are none, or no UTF-8. */
export function parseBytes(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
