/** Reads CSV as it arrives: a line of names, then a line for each customer. */
import { Parser } from 'papaparse'
import { AppError } from '../../../core/errors.ts'
import { fieldOf, type Ignored, type ImportField, importFields, requireEnd, type SourceRow } from './source.ts'

type Columns = readonly (ImportField | undefined)[]

/** @throws AppError INVALID_REQUEST for a first line that names no phone */
export async function* readCsv(text: AsyncIterable<string>, ignored: Ignored): AsyncGenerator<SourceRow, void> {
  let rest = ''
  let parser: Parser | undefined
  let columns: Columns | undefined
  let line = 1
  const take = function* (last: boolean): Generator<SourceRow, void> {
    if (!parser) {
      if (!last && !rest.includes('\n')) return requireEnd(rest, 1)
      rest = rest.replace(/^\ufeff/, '')
      parser = new Parser({ newline: '\n', delimiter: delimiterOf(rest) })
    }
    const { data, errors, meta } = parser.parse(rest, 0, !last) as Parsed
    rest = rest.slice(meta.cursor)
    const broken = new Set(errors.map(({ row }) => row))
    for (const [nth, cells] of data.entries()) {
      const at = line
      line += 1 + cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
      if (cells.every((cell) => cell.trim() === '')) continue
      if (!columns) columns = readHead(cells, ignored)
      else yield rowOf(at, columns, cells, broken.has(nth))
    }
    if (!last) requireEnd(rest, line)
  }
  for await (const part of text) {
    rest += part
    yield* take(false)
  }
  yield* take(true)
  if (!columns) throw lacksPhone('The body is empty')
}

/** What of a result the types leave open. */
interface Parsed {
  readonly data: readonly string[][]
  readonly errors: readonly { readonly row?: number }[]
  readonly meta: { readonly cursor: number }
}

/** Spreadsheets write semicolons where a comma stands in numbers. */
function delimiterOf(text: string): string {
  const head = text.split('\n', 1)[0] ?? ''
  const count = (mark: string) => head.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
}

function lacksPhone(what: string): AppError {
  const message = `${what}: its first line must name the columns, phone among them; known are ${importFields.join(', ')}`
  return new AppError('INVALID_REQUEST', message, [{ path: 'phone', message }])
}

function readHead(cells: readonly string[], ignored: Ignored): Columns {
  const columns = cells.map(fieldOf)
  if (!columns.includes('phone')) throw lacksPhone('The CSV has no column "phone"')
  const double = columns.find((column, nth) => column && columns.indexOf(column) < nth)
  if (double) throw lacksPhone(`The CSV has two columns "${double}"`)
  for (const [nth, name] of cells.entries()) if (!columns[nth]) ignored.add(name.trim())
  return columns
}

function rowOf(line: number, columns: Columns, cells: readonly string[], broken: boolean): SourceRow {
  if (broken) return { line, values: {}, problem: 'A cell in quotes is not closed, or goes on after its quotes' }
  if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== ''))
    return { line, values: {}, problem: `There are ${cells.length} cells, and the first line names ${columns.length}` }
  const values: { [F in ImportField]?: string } = {}
  for (const [nth, column] of columns.entries()) {
    const cell = cells[nth]?.trim()
    if (column && cell) values[column] = cell
  }
  return { line, values }
}
