/** Reads NDJSON as it arrives: a JSON object for each customer, each on a line of its own. */

import { isDeeperThan, MAX_DEPTH } from '../../../http/depth.ts'
import { isBlank } from '../../../text/invisible.ts'
import { typeName } from '../../../text/text.ts'
import { sameField } from '../csv/choose.ts'
import { type AttributeColumns, guessImportColumns, type ImportColumn, type ImportGuess } from '../csv/columns.ts'
import { MAX_ROW, openDecoder } from '../csv/decode.ts'
import type { RowReader, SourceRow } from '../csv/reader.ts'
import type { Ignored } from './ignored.ts'

export function openNdjsonReader(ignored: Ignored, attributes: AttributeColumns): RowReader {
  const decoder = openDecoder(new Uint8Array())
  const columnsOf = rememberLast((names) => guessImportColumns(names, attributes))
  let held: string[] = []
  let [size, line] = [0, 0]
  const take = (part: string, last = false): SourceRow[] => {
    const rows: SourceRow[] = []
    const lines = part.split('\n')
    for (const [nth, text] of lines.entries()) {
      size += text.length
      // The rest of a line that is too long is not kept.
      if (size <= MAX_ROW) held.push(text)
      if (nth === lines.length - 1 && !last) break
      line++
      const whole = held.join('')
      if (size > MAX_ROW) rows.push({ line, values: {}, problem: `The line is longer than ${MAX_ROW / 1024} KB` })
      else if (whole.trim() !== '') rows.push(rowOf(line, whole, columnsOf, ignored))
      held = []
      size = 0
    }
    return rows
  }
  return {
    get encoding() {
      return decoder.encoding
    },
    push: (bytes) => take(decoder.push(bytes)),
    end: () => take(decoder.end(), true),
  }
}

type Guess = (names: readonly string[]) => ImportGuess

/** Lines of one file mostly have the same names. */
function rememberLast(guess: Guess): Guess {
  let last: readonly string[] = []
  let answer = guess(last)
  return (names) => {
    if (names.length !== last.length || names.some((name, nth) => name !== last[nth])) {
      last = names
      answer = guess(names)
    }
    return answer
  }
}

function rowOf(line: number, text: string, columnsOf: Guess, ignored: Ignored): SourceRow {
  if (isDeeperThan(text)) return { line, values: {}, problem: `The line is nested deeper than ${MAX_DEPTH} levels` }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { line, values: {}, problem: 'The line is not valid JSON' }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { line, values: {}, problem: `The line must hold a JSON object, not ${typeName(parsed)}` }
  const fields = flattened(parsed)
  const names = fields.map(([name]) => name)
  const { columns, doubled } = columnsOf(names)
  const [double] = doubled
  if (double) return { line, values: {}, problem: sameField(names, double.field, double.places) }
  const values: { [C in ImportColumn]?: unknown } = {}
  for (const [nth, [name, value]] of fields.entries()) {
    const field = columns[nth]
    if (!field) ignored.add(name)
    else if (value !== null && !(typeof value === 'string' && isBlank(value))) values[field] = value
  }
  return { line, values }
}

/** Fields of a line; its `attributes`, as the API shows a customer, are fields too. */
function flattened(parsed: object): [name: string, value: unknown][] {
  return Object.entries(parsed).flatMap(([name, value]): [string, unknown][] =>
    name === 'attributes' && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, one]) => [`attributes.${inner}`, one])
      : [[name, value]],
  )
}
