/**
 * CSV as RFC 4180 has it, and as people have it: any of the three line ends in one file, blanks around quotes, quotes within
 * a bare cell. A quote that is not closed, or that text follows, spoils the line it is in and no other: reading resumes with
 * the line below. Every character is looked at once or, below a quote that was not closed, a second time; so the work is
 * linear in the text, however it is cut. Pure.
 */
import { MAX_ROW } from './decode.ts'

/** Characters that a cell holds in Excel; a quote that is still open after so many is not closed. */
export const MAX_CELL = 32_767
/** More than any list of customers has. Cells beyond are counted, not kept. */
export const MAX_COLUMNS = 1000

export interface CsvRecord {
  /** First line of the row, from 1. */
  readonly line: number
  /** As they stand, blanks and all. */
  readonly cells: readonly string[]
  /** Cells in all. */
  readonly count: number
  /** Why it cannot be read; the cells tell what stands there. */
  readonly problem?: string
}

export interface CsvParser {
  push(text: string): void
  end(): void
}

const [TAB, LF, CR, BLANK, QUOTE, NBSP] = [9, 10, 13, 32, 34, 160]
const isBlank = (code: number) => code === BLANK || code === TAB || code === NBSP

/**
 * Place of the parser in a row. `closed`: right after a quote in a quoted cell; `after`: behind the closing quote;
 * `skipped`: in the rest of a line that cannot be read; `dropped`: in the rest of a line that is kept cut short.
 */
type Place = 'start' | 'bare' | 'quoted' | 'closed' | 'after' | 'skipped' | 'dropped'

/** State of a quoted cell at the end of the line in which its quote opened. */
interface Opening {
  readonly line: number
  readonly cell: string
  readonly afterReturn: boolean
}

/** @param line the number of the first line */
export function openParser(separator: string, take: (record: CsvRecord) => void, line = 1): CsvParser {
  return new Parser(separator.charCodeAt(0), take, line)
}

class Parser implements CsvParser {
  readonly #mark: number
  readonly #take: (record: CsvRecord) => void
  #place: Place = 'start'
  #line: number
  #afterReturn = false

  /** The row so far; `size` is in characters. */
  #first: number
  #size = 0
  #cells: string[] = []
  #count = 0
  #problem: string | undefined

  /** The cell so far: text of earlier parts, or text before a doubled quote. Its rest begins at `from` in this part. */
  #cell = ''
  #from = 0

  /** Set while a quoted cell goes on below the line in which its quote opened. */
  #below: Opening | undefined
  /** All text below that line: read once more when the quote turns out not to be closed. This part adds from `tailFrom`. */
  #tail = ''
  #tailFrom = 0

  constructor(mark: number, take: (record: CsvRecord) => void, line: number) {
    this.#mark = mark
    this.#take = take
    this.#line = line
    this.#first = line
  }

  push(text: string): void {
    this.#from = 0
    this.#tailFrom = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#isPlain(code)) this.#size++
      else at = this.#read(text, at, code)
    }
    if (isKept(this.#place)) this.#cell += text.slice(this.#from)
    if (this.#below) this.#tail += text.slice(this.#tailFrom)
  }

  end(): void {
    while (this.#place === 'quoted' && this.#below) this.push(this.#refuseLine(this.#below, unclosed(this.#below.line)))
    if (this.#place === 'quoted') this.#skipLine(unclosed(this.#line))
    if (this.#place === 'start' && this.#cell === '' && this.#count === 0) return
    this.#endCell('')
    this.#endRecord()
  }

  /** Takes one character. @returns its place, or, where text is read once more, the place before that text */
  #read(text: string, at: number, code: number): number {
    const second = this.#afterReturn && code === LF
    this.#afterReturn = code === CR
    if (second && this.#place !== 'quoted') {
      this.#from = at + 1
      return at
    }
    if (++this.#size > MAX_ROW && this.#place !== 'dropped') this.#dropRow()
    const ends = code === LF || code === CR
    if (this.#place === 'quoted') return this.#readQuoted(text, at, code, ends && !second)
    if (this.#place === 'closed' && code === QUOTE) {
      this.#from = at
      this.#place = 'quoted'
    } else if (ends) this.#endLine(text, at)
    else if (this.#place === 'skipped') this.#readSkipped(text, at)
    else if (code === this.#mark && this.#place !== 'dropped') this.#endBare(text, at)
    else if (this.#place === 'closed' || this.#place === 'after') return this.#readAfter(at, code)
    else if (this.#place === 'start') this.#begin(code, at)
    return at
  }

  /** True for the many characters that change nothing: those within a bare cell. */
  #isPlain(code: number): boolean {
    return this.#place === 'bare' && code !== this.#mark && code !== LF && code !== CR && this.#size < MAX_ROW
  }

  #begin(code: number, at: number): void {
    if (code === QUOTE) {
      this.#place = 'quoted'
      this.#cell = ''
      this.#from = at + 1
    } else if (!isBlank(code)) this.#place = 'bare'
  }

  #readQuoted(text: string, at: number, code: number, ends: boolean): number {
    if (code === QUOTE) {
      this.#cell += text.slice(this.#from, at)
      this.#place = 'closed'
    } else if (this.#cell.length + at - this.#from >= MAX_CELL) {
      return this.#recover(at, unclosed(this.#below?.line ?? this.#line))
    } else if (ends) {
      this.#below ??= this.#open(this.#cell + text.slice(this.#from, at), at + 1)
      this.#line++
    }
    return at
  }

  /** Behind a closing quote, or what may be one, only blanks may stand. */
  #readAfter(at: number, code: number): number {
    if (isBlank(code)) {
      this.#place = 'after'
      return at
    }
    this.#from = at
    return this.#recover(at, this.#below ? unclosed(this.#below.line) : textFollows)
  }

  #readSkipped(text: string, at: number): void {
    if (this.#cell.length + at - this.#from < MAX_CELL) return
    this.#cell += text.slice(this.#from, at)
    this.#place = 'dropped'
  }

  #endLine(text: string, at: number): void {
    this.#line++
    this.#endBare(text, at)
    this.#endRecord()
  }

  /** Ends the cell before a separator or a line end. */
  #endBare(text: string, at: number): void {
    this.#endCell(isKept(this.#place) ? text.slice(this.#from, at) : '')
    this.#from = at + 1
  }

  #endCell(rest: string): void {
    if (++this.#count <= MAX_COLUMNS) this.#cells.push(this.#cell + rest)
    this.#cell = ''
    this.#place = 'start'
    this.#below = undefined
  }

  #endRecord(): void {
    const problem = this.#problem
    this.#take({ line: this.#first, cells: this.#cells, count: this.#count, ...(problem ? { problem } : {}) })
    this.#cells = []
    this.#problem = undefined
    this.#count = 0
    this.#size = 0
    this.#first = this.#line
    this.#place = 'start'
  }

  #skipLine(why: string): void {
    this.#problem ??= why
    this.#place = 'skipped'
  }

  #dropRow(): void {
    this.#cell = ''
    this.#below = undefined
    this.#skipLine(`The row is longer than ${MAX_ROW / 1024} KB`)
    this.#place = 'dropped'
  }

  #open(cell: string, at: number): Opening {
    this.#tail = ''
    this.#tailFrom = at
    return { line: this.#line, cell, afterReturn: this.#afterReturn }
  }

  /** Reads what stands below the line of an open quote once more; without any, skips the line. @returns the place before */
  #recover(at: number, why: string): number {
    if (!this.#below) {
      this.#skipLine(why)
      return at - 1
    }
    const resume = this.#tailFrom
    const again = this.#refuseLine(this.#below, why)
    if (again !== '') this.push(again)
    this.#from = again === '' ? resume : 0
    this.#tailFrom = 0
    return this.#from - 1
  }

  /** Ends the line in which an open quote began. @returns the text below it that earlier parts held */
  #refuseLine({ line, cell, afterReturn }: Opening, why: string): string {
    const again = this.#tail
    this.#cell = cell
    this.#line = line + 1
    this.#afterReturn = afterReturn
    this.#problem = why
    this.#endCell('')
    this.#endRecord()
    this.#tail = ''
    return again
  }
}

/** True where letters are the cell's own. */
const isKept = (place: Place) => place === 'start' || place === 'bare' || place === 'quoted' || place === 'skipped'

const unclosed = (line: number) => `The quote opened in line ${line} is not closed`
const textFollows = 'Text follows the end of a quoted cell: write a quote within a cell as ""'
