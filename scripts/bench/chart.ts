/** Bars in one picture, as SVG: readable on light and on dark, with whatever fonts there are. Pure. */

export interface Bar {
  readonly label: string
  readonly value: number
  /** Label at the end of the bar. */
  readonly text: string
  readonly kind: 'floor' | 'ours' | 'other'
}

export interface Chart {
  readonly title: string
  readonly note: string
  readonly bars: readonly Bar[]
}

/** Each has a contrast of at least 3 to white and to GitHub's dark background, the grey of the text of more than 4. */
const colours = { floor: '#7d8590', ours: '#2f81f7', other: '#a475f9', text: '#767e87' } as const

const WIDTH = 760
const LABELS = 290
const VALUES = 90
const ROW = 28
const TOP = 44
const BOTTOM = 34

export function chartOf({ title, note, bars }: Chart): string {
  const most = Math.max(0, ...bars.map(({ value }) => value))
  const height = TOP + bars.length * ROW + BOTTOM
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="14" fill="${colours.text}">
<title>${escaped(title)}</title>
<text x="0" y="20" font-size="16" font-weight="600">${escaped(title)}</text>
${bars.map((bar, nth) => drawBar(bar, TOP + nth * ROW, most)).join('\n')}
<text x="0" y="${height - 8}" font-size="12">${escaped(note)}</text>
</svg>
`
}

function drawBar({ label, value, text, kind }: Bar, top: number, most: number): string {
  const width = most > 0 ? Math.max(1, (value / most) * (WIDTH - LABELS - VALUES)) : 1
  const base = top + ROW / 2 + 5
  const weight = kind === 'ours' ? ' font-weight="600"' : ''
  return `<text x="${LABELS - 10}" y="${base}" text-anchor="end"${weight}>${escaped(label)}</text>
<rect x="${LABELS}" y="${top + 4}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="2" fill="${colours[kind]}"/>
<text x="${(LABELS + width + 8).toFixed(1)}" y="${base}"${weight}>${escaped(text)}</text>`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character] ?? '')
