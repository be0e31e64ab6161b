/**
 * The one reader of customers' files, for the API and for a browser: bytes in as they come, rows out. Every line that says
 * something is a row, read or with the reason why not; none is lost, and none is given another line's cells. Pure.
 */

import { isBlank, tidy } from '../../../text/invisible.ts'
import type { ImportColumn, ImportColumns } from './columns.ts'
import { type Decoder, type Encoding, openDecoder } from './decode.ts'
import { CsvError } from './error.ts'
import { type Head, openHeadScan } from './head.ts'
import { foreignKind, SNIFF_BYTES } from './kind.ts'
import { type CsvParser, type CsvRecord, MAX_COLUMNS, openParser } from './parse.ts'
import { unguarded } from './write.ts'

export interface SourceRow {
  /** First line of the row, from 1. */
  readonly line: number
  /** Without blank ones. */
  readonly values: { readonly [C in ImportColumn]?: unknown }
  /** Why it cannot be read; there are no values then. */
  readonly problem?: string
  /** As they stand in a CSV file. */
  readonly cells?: readonly string[]
}

export interface RowReader {
  /** As far as the bytes have been read. */
  readonly encoding: Encoding
  /** @throws CsvError for a file without a usable first line */
  push(bytes: Uint8Array): readonly SourceRow[]
  end(): readonly SourceRow[]
}

/** @param choose says which columns are taken, given their names; a CsvError of its own ends the reading */
export function openCsvReader(choose: (names: readonly string[]) => ImportColumns): RowReader {
  let rows: SourceRow[] = []
  let table: ((record: CsvRecord) => void) | undefined
  const take = (record: CsvRecord) => {
    if (record.count <= record.cells.length && !record.problem && record.cells.every(isBlank)) return
    if (table) return table(record)
    const names = namesOf(record)
    table = openTable(choose(names), names, (row) => rows.push(row))
  }
  const text = openText(take)
  const bytes = openBytes(text)
  const taken = () => {
    const these = rows
    rows = []
    return these
  }
  return {
    get encoding() {
      return bytes.encoding()
    },
    push(part) {
      bytes.push(part)
      return taken()
    },
    end() {
      bytes.end()
      if (!table)
        throw new CsvError('The file is empty: its first line must name the columns, including the phone', 'phone')
      return taken()
    },
  }
}

interface Sink {
  push(text: string): void
  end(): void
}

/** Holds the first bytes until they tell what they are. */
function openBytes(sink: Sink) {
  let head: Uint8Array[] | undefined = []
  let size = 0
  let decoder: Decoder | undefined
  const begin = () => {
    const start = new Uint8Array(size)
    let at = 0
    for (const part of head ?? []) {
      start.set(part, at)
      at += part.length
    }
    head = undefined
    const foreign = foreignKind(start.subarray(0, SNIFF_BYTES))
    if (foreign) throw new CsvError(foreign)
    decoder = openDecoder(start)
    sink.push(decoder.push(start))
  }
  return {
    encoding: (): Encoding => decoder?.encoding ?? 'utf-8',
    push(part: Uint8Array) {
      if (decoder) return sink.push(decoder.push(part))
      head?.push(part.slice())
      size += part.length
      if (size >= SNIFF_BYTES) begin()
    },
    end() {
      if (!decoder) begin()
      if (decoder) sink.push(decoder.end())
      sink.end()
    },
  }
}

/** Holds the first line until it tells the separator. */
function openText(take: (record: CsvRecord) => void): Sink {
  const scan = openHeadScan()
  let begun = false
  let parser: CsvParser | undefined
  const begin = (head: Head | undefined) => {
    if (!head) return
    parser = openParser(head.separator, take, head.line)
    parser.push(head.text)
  }
  return {
    push(text) {
      if (parser) return parser.push(text)
      if (text === '') return
      begin(scan.push(begun ? text : text.replace(/^\ufeff/, '')))
      begun = true
    },
    end() {
      if (!parser) begin(scan.end())
      parser?.end()
    },
  }
}

function namesOf({ line, cells, count, problem }: CsvRecord): readonly string[] {
  if (problem) throw new CsvError(`Line ${line} must name the columns. ${problem}`)
  if (count > MAX_COLUMNS)
    throw new CsvError(`Line ${line} has ${count} columns, more than ${MAX_COLUMNS}: remove those that are not needed`)
  return cells.map(tidy)
}

/**
 * A row with more cells than the first line has is refused: a comma in a bare cell would have moved all that follow. So is
 * one with a value behind the last column that has a name or a field, where a spreadsheet has filled up the first line.
 * Empty cells at the end are a habit of some programs: of those the first row may have some, and the others as many.
 */
function openTable(columns: ImportColumns, names: readonly string[], put: (row: SourceRow) => void) {
  let spare: number | undefined
  const last = columns.findLastIndex(Boolean) + 1
  const width = Math.max(last, names.findLastIndex((name) => name !== '') + 1)
  return ({ line, cells, count, problem }: CsvRecord) => {
    const row = { line, cells }
    if (problem) return put({ ...row, values: {}, problem })
    const beyond = count > MAX_COLUMNS || !cells.slice(width).every(isBlank)
    if (!beyond) spare ??= Math.max(count - names.length, 0)
    if (beyond || count > names.length + (spare ?? 0)) {
      const much = `The row has ${count} cells, but the first line has ${width}`
      return put({ ...row, values: {}, problem: `${much}: put cells that contain the separator in quotes` })
    }
    put({ ...row, values: valuesOf(columns, cells, last) })
  }
}

function valuesOf(columns: ImportColumns, cells: readonly string[], last: number): SourceRow['values'] {
  const values: { [C in ImportColumn]?: string } = {}
  for (let nth = 0; nth < last; nth++) {
    const [field, cell] = [columns[nth], cells[nth]]
    const value = field && cell ? unguarded(cell.trim().replaceAll('\r\n', '\n')) : ''
    if (field && !isBlank(value)) values[field] = value
  }
  return values
}
