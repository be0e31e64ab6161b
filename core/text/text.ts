/** Text that PostgreSQL can store and a person can read. Pure: forms in a browser judge by it too. */

/** Characters as PostgreSQL's length() counts them: code points. */
function isLonger(text: string, max: number): boolean {
  if (text.length <= max) return false
  return text.length > max * 2 || [...text].length > max
}

/** Fault of a text, as a sentence that goes on from the field's name; undefined when nothing is. */
export function textProblem(value: string, max: number): string | undefined {
  if (isLonger(value, max)) return `must be at most ${max} characters long`
  if (value.includes('\0')) return 'must not hold the NUL character (U+0000)'
  return value.isWellFormed() ? undefined : 'must be well-formed Unicode: it holds half of a surrogate pair'
}

/** The name of a value's type, as a reader of JSON calls it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  const names: Record<string, string> = { string: 'text', object: 'an object', boolean: 'true or false' }
  return names[typeof value] ?? `a ${typeof value}`
}
