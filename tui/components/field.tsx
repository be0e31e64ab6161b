/** What is typed, with the cursor in it. */
import type { Input } from '../state/input.ts'
import { splitGraphemes, widthOf } from '../text.ts'
import { type Piece, piece } from './line.tsx'

/** The end of the text stays in sight, or the part around the cursor. */
export function typed({ text, cursor }: Input, width: number, secret = false): Piece[] {
  const all = splitGraphemes(text.replaceAll('\n', '⏎')).map((one) => (secret ? '•' : one))
  let from = 0
  const cells = (graphemes: readonly string[]) => graphemes.reduce((sum, one) => sum + widthOf(one), 0)
  while (cells(all.slice(from, cursor)) > width - 2) from++
  const before = all.slice(from, cursor).join('')
  return [piece(before), piece(all[cursor] ?? ' ', { inverse: true }), piece(all.slice(cursor + 1).join(''))]
}
