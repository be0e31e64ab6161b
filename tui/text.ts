/** Text by the cells that it takes in a terminal: wide characters take two, combining ones none. Pure. */
import stringWidth from 'string-width'

export type Align = 'left' | 'right'

const ELLIPSIS = '…'
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** One cell and one grapheme for each character: ASCII, and the signs that bars, charts and frames are made of. */
const isPlain = (text: string) => /^[\x20-\x7e·×‖–…←-↓◷▁-▟■-●✓✗─-╿]*$/.test(text)

/** Replaces characters that move the cursor, switch direction or start an escape sequence by spaces: names are untrusted. */
export function clean(text: string): string {
  return isPlain(text) ? text : text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
}

/** Number of cells. */
export const widthOf = (text: string): number => (isPlain(text) ? text.length : stringWidth(text))

export const splitGraphemes = (text: string): string[] =>
  isPlain(text) ? [...text] : [...graphemes.segment(text)].map(({ segment }) => segment)

/** At most `width` cells; an ellipsis stands for the rest. */
export function cut(text: string, width: number): string {
  if (width <= 0) return ''
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const grapheme of splitGraphemes(text)) {
    const cells = widthOf(grapheme)
    if (used + cells > width - 1) break
    kept += grapheme
    used += cells
  }
  return kept + ELLIPSIS
}

/** Exactly `width` cells. */
export function fit(text: string, width: number, align: Align = 'left'): string {
  const fitted = cut(clean(text), width)
  const padding = ' '.repeat(Math.max(0, width - widthOf(fitted)))
  return align === 'right' ? padding + fitted : fitted + padding
}

/** Lines of at most `width` cells, broken between words where possible. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(clean(line), Math.max(1, width)))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<= )/)) {
    if (widthOf(current) + widthOf(word.trimEnd()) <= width) {
      current += word
      continue
    }
    if (current !== '') lines.push(current.trimEnd())
    current = word
    while (widthOf(current) > width) {
      const head = cutHard(current, width)
      lines.push(head)
      current = current.slice(head.length)
    }
  }
  lines.push(current.trimEnd())
  return lines
}

function cutHard(text: string, width: number): string {
  let kept = ''
  let used = 0
  for (const grapheme of splitGraphemes(text)) {
    const cells = widthOf(grapheme)
    if (kept !== '' && used + cells > width) break
    kept += grapheme
    used += cells
  }
  return kept
}
