/** The first line of a CSV file: where it begins, which separator it uses, and whether it is CSV at all. Pure. */

import { isBlank } from '../../../text/invisible.ts'
import { guessColumns } from './columns.ts'
import { MAX_ROW } from './decode.ts'
import { CsvError } from './error.ts'
import { foreignText } from './kind.ts'
import { MAX_CELL, MAX_COLUMNS, openParser } from './parse.ts'

/** The usual one first: it is taken where nothing speaks for another. */
const separators = [',', ';', '\t', '|'] as const

export interface Head {
  readonly separator: string
  /** Text to parse, from the line of names to the last character that has come. */
  readonly text: string
  /** The line in which that begins, from 1. */
  readonly line: number
}

export interface HeadScan {
  /** @returns undefined while the line of names is not complete */
  push(part: string): Head | undefined
  end(): Head | undefined
}

/** Blank lines at the beginning are left out. Each letter is looked at once, however the text is cut. */
export function openHeadScan(): HeadScan {
  /** From the beginning of the line on. */
  let held = ''
  let line = 1
  let [written, quoted, afterReturn] = [false, false, false]
  /** End of the line if its quotes mean nothing. */
  let firstEnd = -1
  const complete = (text: string, end: number) => headOf(text, end, line)
  return {
    push(part) {
      let from = 0
      for (let at = 0; at < part.length; at++) {
        const letter = part.charAt(at)
        if (afterReturn && letter === '\n' && !written) from = at + 1
        const second = afterReturn && letter === '\n'
        afterReturn = letter === '\r'
        if (second) continue
        if (letter === '"') quoted = !quoted
        if (letter !== '\n' && letter !== '\r') {
          written ||= letter !== '"' && !isBlank(letter) && !separators.some((one) => one === letter)
          continue
        }
        const end = held.length + at - from
        if (written && !quoted) return complete(held + part.slice(from), end)
        if (written && firstEnd < 0) firstEnd = end
        if (written) continue
        held = ''
        ;[from, quoted] = [at + 1, false]
        line++
      }
      held += part.slice(from)
      if (firstEnd >= 0 && held.length > MAX_CELL) return complete(held, firstEnd)
      if (held.length > MAX_ROW)
        throw new CsvError(`The first line does not end within ${MAX_ROW / 1024} KB: it must name the columns`)
      return undefined
    },
    end: () => (written ? complete(held, quoted && firstEnd >= 0 ? firstEnd : held.length) : undefined),
  }
}

function headOf(text: string, end: number, line: number): Head {
  const foreign = foreignText(text)
  if (foreign) throw new CsvError(foreign)
  const names = text.slice(0, end)
  if (names.includes('\0')) throw new CsvError('This is not a text file: save the table as "CSV UTF-8"')
  const separator = /^\s*"?sep=([^"])"?[,;|\s]*$/iu.exec(names)?.[1]
  return separator ? { separator, text: text.slice(end), line } : { separator: separatorOf(names), text, line }
}

/** The one by which most columns are known; among equals, the one that makes most columns. Marks within quotes count for nothing. */
function separatorOf(names: string): string {
  const score = (separator: string) => {
    let worth = 0
    const parser = openParser(separator, ({ cells, count }) => {
      const known = count > MAX_COLUMNS ? [] : guessColumns(cells).columns.filter(Boolean)
      worth = known.length * MAX_ROW + count
    })
    parser.push(names)
    parser.end()
    return worth
  }
  return separators.map((one) => [one, score(one)] as const).reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}
