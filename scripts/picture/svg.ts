/** A terminal's screen as an SVG picture. Pure. */
import type { Cell } from '../../test/support/terminal.ts'

/** Pixels. */
export const CELL = { width: 8.4, height: 19, font: 14 } as const
const PADDING = 16
const BAR = 34
/** The upper left corner of the first cell, in pixels. */
export const ORIGIN = { x: PADDING, y: PADDING + BAR } as const

const background = '#12161f'
const foreground = '#d5dae3'
/** The sixteen colours of the palette, dark enough to be calm and light enough to read. */
const palette = [
  '#3b4252',
  '#ef6b73',
  '#8fc379',
  '#e5c07b',
  '#6cb0f2',
  '#c78fdc',
  '#56c2d0',
  '#d5dae3',
  '#6b7488',
  '#ff8a91',
  '#aadf95',
  '#f4d48f',
  '#8cc6ff',
  '#dcaaf0',
  '#76dbe8',
  '#ffffff',
] as const

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const round = (value: number) => Math.round(value * 100) / 100

interface Run {
  readonly x: number
  readonly cells: number
  readonly text: string
  readonly cell: Cell
}

const isBlock = ({ text }: Cell) => /[▁▂▃▄▅▆▇█░▓▞─]/.test(text)

const sameLook = (a: Cell, b: Cell) =>
  isBlock(a) === isBlock(b) &&
  (!isBlock(a) || a.text === b.text) &&
  a.color === b.color &&
  a.bold === b.bold &&
  a.dim === b.dim &&
  a.inverse === b.inverse

/**
 * Adjacent cells of one look. A wide character is a run of its own, so that what follows stays in its column. So is every
 * word: browsers collapse and trim spaces in SVG text, and would stretch what is left over all the cells of the run.
 */
function runsOf(line: readonly Cell[]): Run[] {
  const runs: Run[] = []
  let x = 0
  for (const cell of line) {
    const last = runs.at(-1)
    const newWord = (last?.text.at(-1) === ' ') !== (cell.text === ' ')
    if (last && !newWord && cell.width === 1 && last.cell.width === 1 && sameLook(last.cell, cell))
      runs[runs.length - 1] = { ...last, cells: last.cells + 1, text: last.text + cell.text }
    else runs.push({ x, cells: cell.width, text: cell.text, cell })
    x += cell.width
  }
  return runs
}

/** Blocks are drawn as shapes, without the gaps that a font leaves between lines. */
function drawBlock(sign: string, cells: number, x: number, y: number, fill: string): string {
  const rect = (left: number, top: number, width: number, height: number, opacity = 1) =>
    `<rect x="${round(x + left * CELL.width)}" y="${round(y + top * CELL.height)}" width="${round(width * CELL.width)}" height="${round(height * CELL.height + 0.1)}" fill="${fill}"${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`
  const eighth = '▁▂▃▄▅▆▇█'.indexOf(sign) + 1
  if (eighth > 0) return rect(0, 1 - eighth / 8, cells, eighth / 8)
  if (sign === '░') return rect(0, 1 / 8, cells, 7 / 8, 0.3)
  if (sign === '▓') return rect(0, 1 / 8, cells, 7 / 8, 0.7)
  if (sign === '─') return rect(0, 0.5, cells, 0.06)
  return Array.from(
    { length: cells },
    (_, nth) => rect(nth, 9 / 16, 0.5, 7 / 16) + rect(nth + 0.5, 1 / 8, 0.5, 7 / 16),
  ).join('')
}

/** @param label for those who do not see it */
export function drawScreen(lines: readonly (readonly Cell[])[], columns: number, label: string): string {
  const width = round(columns * CELL.width + 2 * PADDING)
  const height = lines.length * CELL.height + 2 * PADDING + BAR
  const shapes: string[] = []
  const texts: string[] = []
  for (const [y, line] of lines.entries()) {
    for (const { x, cells, text, cell } of runsOf(line)) {
      const [left, top] = [round(ORIGIN.x + x * CELL.width), ORIGIN.y + y * CELL.height]
      const color = cell.color === undefined ? foreground : (palette[cell.color] ?? foreground)
      if (cell.inverse)
        shapes.push(
          `<rect x="${left}" y="${top}" width="${round(cells * CELL.width)}" height="${CELL.height}" fill="${color}"/>`,
        )
      if (text.trim() === '') continue
      if (isBlock(cell)) {
        const drawn = drawBlock(cell.text, cells, left, top, color)
        shapes.push(cell.dim ? `<g opacity="0.55">${drawn}</g>` : drawn)
        continue
      }
      const look = [
        `fill="${cell.inverse ? background : color}"`,
        ...(cell.bold ? ['font-weight="600"'] : []),
        ...(cell.dim && !cell.inverse ? ['opacity="0.55"'] : []),
      ].join(' ')
      const length = round(cells * CELL.width)
      texts.push(
        `<text x="${left}" y="${top + 14}" ${look} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`,
      )
    }
  }
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, nth) => `<circle cx="${PADDING + 8 + nth * 20}" cy="22" r="6" fill="${fill}"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">
<rect width="${width}" height="${height}" rx="10" fill="${background}"/>
${lights.join('')}
${shapes.join('\n')}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${CELL.font}">
${texts.join('\n')}
</g>
</svg>
`
}
