/** Comparison of a picture, as Chromium draws it, with the terminal's cells that it was made of. */
import type { Browser } from 'playwright-core'
import type { Cell } from '../../test/support/terminal.ts'
import { CELL, ORIGIN } from './svg.ts'

/** Share of a cell that a glyph may be off its place: rounding, and nothing that a reader sees. */
const TOLERANCE = 0.1

interface Glyph {
  readonly text: string
  /** Pixels from the picture's left edge, and the baseline from its top. */
  readonly x: number
  readonly width: number
  readonly y: number
}

const isDrawnAsShape = ({ text }: Cell) => /[▁▂▃▄▅▆▇█░▓▞─]/.test(text)

/**
 * Draws the picture in Chromium and looks where each glyph lies.
 * @param lines the terminal's cells
 * @returns a line for each glyph that is off its cell, missing, or there without a cell; none when the picture is right
 */
export async function findMisplaced(browser: Browser, svg: string, lines: readonly (readonly Cell[])[]) {
  const expected = new Map<string, Cell>()
  for (const [row, line] of lines.entries()) {
    let column = 0
    for (const cell of line) {
      if (cell.text.trim() !== '' && !isDrawnAsShape(cell)) expected.set(`${row}:${column}`, cell)
      column += cell.width
    }
  }
  const problems: string[] = []
  for (const { text, x, width, y } of await readGlyphs(browser, svg)) {
    const row = Math.floor((y - ORIGIN.y) / CELL.height)
    const exact = (x - ORIGIN.x) / CELL.width
    const column = Math.round(exact)
    const cell = expected.get(`${row}:${column}`)
    const at = `"${text}" in line ${row + 1} at column ${(exact + 1).toFixed(2)}`
    expected.delete(`${row}:${column}`)
    if (cell?.text !== text) problems.push(`${at}: the terminal shows ${cell ? `"${cell.text}"` : 'nothing'} there`)
    else if (Math.abs(exact - column) > TOLERANCE) problems.push(`${at}: off its cell`)
    else if (Math.abs(width / CELL.width - cell.width) > TOLERANCE)
      problems.push(`${at}: ${(width / CELL.width).toFixed(2)} cells wide in place of ${cell.width}`)
  }
  for (const [at, { text }] of expected) problems.push(`"${text}" is missing at line:column ${at} (from 0)`)
  return problems
}

/** All glyphs that are not blank, with the characters that combine into one taken together. */
async function readGlyphs(browser: Browser, svg: string): Promise<Glyph[]> {
  const page = await browser.newPage()
  try {
    await page.setContent(svg)
    return await page.evaluate(() => {
      const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
      return [...document.querySelectorAll('text')].flatMap((element) =>
        [...graphemes.segment(element.textContent ?? '')].flatMap(({ segment, index }) => {
          if (segment.trim() === '') return []
          // Unlike a Range, this takes textLength into account.
          const { x, width } = element.getExtentOfChar(index)
          return [{ text: segment, x, width, y: Number(element.getAttribute('y')) }]
        }),
      )
    })
  } finally {
    await page.close()
  }
}
