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

/** @param line the number of the first line */
export function openParser(separator: string, take: (record: CsvRecord) => void, line = 1): CsvParser {
  const mark = separator.charCodeAt(0)
  let place: Place = 'start'
  let problem: string | undefined
  let cells: string[] = []
  let [count, size, first] = [0, 0, line]
  /** The cell so far: text of earlier parts, or text before a doubled quote. */
  let cell = ''
  let afterReturn = false
  /** Set while a quoted cell goes on below the line in which its quote opened. */
  let below: Opening | undefined
  /** All text below that line: read once more when the quote turns out not to be closed. */
  let tail = ''
  let tailFrom = 0

  const endCell = (rest: string) => {
    if (++count <= MAX_COLUMNS) cells.push(cell + rest)
    cell = ''
    place = 'start'
    below = undefined
  }
  const endRecord = () => {
    take({ line: first, cells, count, ...(problem ? { problem } : {}) })
    cells = []
    problem = undefined
    ;[count, size, first] = [0, 0, line]
    place = 'start'
  }
  const skipLine = (why: string) => {
    problem ??= why
    place = 'skipped'
  }

  const feed = (text: string) => {
    let from = 0
    tailFrom = 0
    /** @returns where the loop is to go on from */
    const recover = (at: number, why: string): number => {
      if (!below) {
        skipLine(why)
        return at - 1
      }
      const resume = tailFrom
      const again = refuseLine(below, why)
      from = again === '' ? resume : 0
      if (again !== '') feed(again)
      tailFrom = 0
      return from - 1
    }
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      const second = afterReturn && code === LF
      afterReturn = code === CR
      const ends = code === LF || code === CR
      if (second && place !== 'quoted') {
        from = at + 1
        continue
      }
      if (++size > MAX_ROW && place !== 'dropped') {
        cell = ''
        below = undefined
        skipLine(`The row is longer than ${MAX_ROW / 1024} KB`)
        place = 'dropped'
      }
      if (place === 'quoted') {
        if (code === QUOTE) {
          cell += text.slice(from, at)
          place = 'closed'
        } else if (cell.length + at - from >= MAX_CELL) {
          at = recover(at, unclosed(below?.line ?? line))
        } else if (ends && !second) {
          below ??= open(cell + text.slice(from, at), at + 1)
          line++
        }
      } else if (place === 'closed' && code === QUOTE) {
        from = at
        place = 'quoted'
      } else if (ends) {
        line++
        endCell(isKept(place) ? text.slice(from, at) : '')
        endRecord()
        from = at + 1
      } else if (place === 'skipped') {
        if (cell.length + at - from >= MAX_CELL) {
          cell += text.slice(from, at)
          place = 'dropped'
        }
      } else if (code === mark && place !== 'dropped') {
        endCell(isKept(place) ? text.slice(from, at) : '')
        from = at + 1
      } else if (place === 'closed' || place === 'after') {
        if (isBlank(code)) place = 'after'
        else {
          from = at
          at = recover(at, below ? unclosed(below.line) : textFollows)
        }
      } else if (place === 'start') {
        if (code === QUOTE) {
          place = 'quoted'
          cell = ''
          from = at + 1
        } else if (!isBlank(code)) place = 'bare'
      }
    }
    if (isKept(place)) cell += text.slice(from)
    keepTail(text)
  }
  const open = (soFar: string, at: number): Opening => {
    tail = ''
    tailFrom = at
    return { line, cell: soFar, afterReturn }
  }
  const keepTail = (text: string) => {
    if (below) tail += text.slice(tailFrom)
  }
  /** Ends the line in which an open quote began. @returns the text below it that earlier parts held */
  const refuseLine = (opening: Opening, why: string): string => {
    const again = tail
    cell = opening.cell
    line = opening.line + 1
    afterReturn = opening.afterReturn
    problem = why
    endCell('')
    endRecord()
    tail = ''
    return again
  }

  return {
    push: feed,
    end() {
      while (place === 'quoted' && below) feed(refuseLine(below, unclosed(below.line)))
      if (place === 'quoted') skipLine(unclosed(line))
      if (place === 'start' && cell === '' && count === 0) return
      endCell('')
      endRecord()
    },
  }
}

interface Opening {
  readonly line: number
  readonly cell: string
  readonly afterReturn: boolean
}

/** True where letters are the cell's own. */
const isKept = (place: Place) => place === 'start' || place === 'bare' || place === 'quoted' || place === 'skipped'

const unclosed = (line: number) => `The quote opened in line ${line} is not closed`
const textFollows = 'Text follows the end of a quoted cell: write a quote within a cell as ""'
