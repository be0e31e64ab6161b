import { afterAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { findMisplaced } from '../../scripts/picture/placement.ts'
import { drawScreen } from '../../scripts/picture/svg.ts'
import { chromiumAvailable, launchBrowser } from '../support/browser.ts'
import type { Cell } from '../support/terminal.ts'

let browser: Browser | undefined
afterAll(() => browser?.close())
const chromium = async () => (browser ??= await launchBrowser())

const plain = { width: 1, color: undefined, bold: false, dim: false, inverse: false } as const
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A line of the screen; `wide` names the characters that take two cells. */
function cellsOf(text: string, look: Partial<Cell> = {}, wide = '新着東京'): Cell[] {
  return [...graphemes.segment(text)].map(({ segment }) => ({
    ...plain,
    ...look,
    text: segment,
    width: wide.includes(segment) ? 2 : 1,
  }))
}

const screen: readonly (readonly Cell[])[] = [
  cellsOf(' campaign-dispatch   ● live  localhost:39133            up 1:17   17:28:15 '),
  cellsOf('   # campaign          status      progress'),
  [...cellsOf(' ▸ 3 ', { color: 6, bold: true }), ...cellsOf('New arrivals 新着  sent', { inverse: true })],
  [
    ...cellsOf('a'),
    ...cellsOf('b', { bold: true }),
    ...cellsOf(' c  ', { dim: true }),
    ...cellsOf('東京 e\u0301 <&>"'),
  ],
  cellsOf('▁▂▃█░▓▞───  x  ─────'),
  cellsOf(''),
]

test.skipIf(!chromiumAvailable)(
  'every glyph of a picture stands in its cell, whatever blanks surround it',
  async () => {
    expect(await findMisplaced(await chromium(), drawScreen(screen, 76, 'a screen'), screen)).toEqual([])
  },
)

const spoilt: readonly (readonly [string, (svg: string) => string])[] = [
  ['text stretched over more cells', (svg) => svg.replace(/(>campaign-dispatch<)/, '>campaign-disp<')],
  ['a word moved by half a cell', (svg) => svg.replace(/<text x="([\d.]+)"/, (_, x) => `<text x="${Number(x) + 4}"`)],
  ['a word in another line', (svg) => svg.replace(/y="64"/, 'y="83"')],
  ['a word too many', (svg) => svg.replace('</g>\n</svg>', '<text x="500" y="64">no</text></g>\n</svg>')],
  ['a word lost', (svg) => svg.replace(/<text [^>]*>live<\/text>/, '')],
]

test.skipIf(!chromiumAvailable).each(spoilt)('a picture is refused for %s', async (_, spoil) => {
  const svg = drawScreen(screen, 76, 'a screen')
  expect(spoil(svg)).not.toBe(svg)
  expect(await findMisplaced(await chromium(), spoil(svg), screen)).not.toEqual([])
})

test.skipIf(!chromiumAvailable).each(['dashboard', 'senders'])(
  'the picture of the %s in the README shows what its description says, each glyph in its place',
  async (name) => {
    const svg = await Bun.file(new URL(`../../scripts/picture/${name}.svg`, import.meta.url)).text()
    const label = /aria-label="([^"]*)"/.exec(svg)?.[1] ?? ''
    const text = label.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    const lines = text.split('\n').slice(1)
    expect(lines.length).toBeGreaterThan(20)
    expect(
      await findMisplaced(
        await chromium(),
        svg,
        lines.map((line) => cellsOf(line)),
      ),
    ).toEqual([])
  },
)
