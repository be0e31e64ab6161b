/** Reads NDJSON as it arrives: a JSON object for each customer, each on a line of its own. */
import { isDeeperThan, MAX_DEPTH } from '../../../core/http/depth.ts'
import { typeName } from '../../../core/http/fields.ts'
import { isBlank } from '../../../core/invisible.ts'
import { fieldOf, type Ignored, type ImportField, requireEnd, type SourceRow } from './source.ts'

export async function* readNdjson(text: AsyncIterable<string>, ignored: Ignored): AsyncGenerator<SourceRow, void> {
  let rest = ''
  let line = 0
  for await (const part of text) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    for (const one of lines) {
      line++
      if (one.trim() !== '') yield rowOf(line, one, ignored)
    }
    requireEnd(rest, line + 1)
  }
  if (rest.trim() !== '') yield rowOf(line + 1, rest, ignored)
}

function rowOf(line: number, text: string, ignored: Ignored): SourceRow {
  if (isDeeperThan(text)) return { line, values: {}, problem: `The line is nested deeper than ${MAX_DEPTH} levels` }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { line, values: {}, problem: 'The line is not valid JSON' }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { line, values: {}, problem: `The line must hold a JSON object, not ${typeName(parsed)}` }
  const values: { [F in ImportField]?: unknown } = {}
  for (const [name, value] of Object.entries(parsed)) {
    const field = fieldOf(name)
    if (!field) ignored.add(name)
    else if (value !== null && !(typeof value === 'string' && isBlank(value))) values[field] = value
  }
  return { line, values }
}
