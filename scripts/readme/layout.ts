/** JSON as a person would lay it out: what fits stands on one line. */

const WIDTH = 120

/** @param before characters that stand on the line already, and `after` that follow on it */
export function layout(value: unknown, indent = '', before = 0, after = 0): string {
  const flat = onOneLine(value)
  if (typeof value !== 'object' || value === null || before + flat.length + after <= WIDTH) return flat
  const inner = `${indent}  `
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item) => ['', item])
    : Object.entries(value).map(([key, item]) => [`${JSON.stringify(key)}: `, item])
  const lines = entries.map(([key, item]) => `${inner}${key}${layout(item, inner, inner.length + key.length, 1)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`)
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}'
}
