/** Text input with a cursor. */
import type { Input } from '../state/input.ts'
import { clean, splitGraphemes, widthOf } from '../text.ts'
import { type Piece, piece } from './line.tsx'

/** Shows the end of the text, or the part around the cursor. */
export function typed({ text, cursor }: Input, width: number, secret = false): Piece[] {
  const all = splitGraphemes(text.replaceAll('\n', '⏎')).map((one) => (secret ? '•' : one))
  let from = 0
  const cells = (graphemes: readonly string[]) => graphemes.reduce((sum, one) => sum + widthOf(one), 0)
  while (cells(all.slice(from, cursor)) > width - 2) from++
  const before = all.slice(from, cursor).join('')
  return [piece(before), piece(all[cursor] ?? ' ', { inverse: true }), piece(all.slice(cursor + 1).join(''))]
}

/** Graphemes of one line of the screen, and the number before them. */
interface Row {
  readonly from: number
  readonly graphemes: readonly string[]
}

/** Breaks after spaces where it can; a space or line break at the end of a row has no cell of its own. */
function rowsOf(graphemes: readonly string[], width: number): Row[] {
  const rows: Row[] = []
  let from = 0
  let used = 0
  let afterSpace: number | undefined
  const close = (to: number) => {
    rows.push({ from, graphemes: graphemes.slice(from, to) })
    from = to
    used = graphemes.slice(to, at).reduce((sum, one) => sum + widthOf(one), 0)
    afterSpace = undefined
  }
  let at = 0
  for (; at < graphemes.length; at++) {
    const one = graphemes[at] ?? ''
    if (one === '\n') {
      at++
      close(at)
      at--
      used = 0
      continue
    }
    const cells = widthOf(one)
    if (used + cells > width && one !== ' ') close(afterSpace ?? at)
    used += cells
    if (one === ' ') afterSpace = at + 1
  }
  at = graphemes.length
  close(at)
  return rows
}

/**
 * Text of several lines; the lines around the cursor stay visible.
 * @param cursor undefined where another field has the focus
 * @param most lines
 */
export function typedLines(text: string, cursor: number | undefined, width: number, most: number): Piece[][] {
  const rows = rowsOf(splitGraphemes(text), Math.max(1, width - 1))
  const at = cursor === undefined ? 0 : rows.findLastIndex(({ from }) => from <= cursor)
  const first = Math.max(0, Math.min(at - most + 1, rows.length - most))
  return rows.slice(first, first + most).map(({ from, graphemes }, nth) => {
    const line = graphemes.filter((one) => one !== '\n').map(clean)
    if (first + nth !== at || cursor === undefined) return [piece(line.join(''))]
    const column = cursor - from
    return [
      piece(line.slice(0, column).join('')),
      piece(line[column] ?? ' ', { inverse: true }),
      piece(line.slice(column + 1).join('')),
    ]
  })
}
