/** Formats of figures, on the terminal and in RESULTS.md. Pure. */

const count = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

export type Unit = 'rate' | 'us' | 'ms' | 's' | 'mb' | 'kb' | 'ratio' | 'percent' | 'plain'

const writers: Readonly<Record<Unit, (value: number) => string>> = {
  rate: (value) => `${count(value, value < 100 ? 1 : 0)}/s`,
  us: (value) => `${count(value, 2)} µs`,
  ms: (value) => `${count(value, value < 10 ? 2 : value < 100 ? 1 : 0)} ms`,
  s: (value) => `${count(value, 2)} s`,
  mb: (value) => `${count(value / 1e6)} MB`,
  kb: (value) => `${count(value / 1e3)} kB`,
  ratio: (value) => count(value, value < 10 ? 2 : 1),
  percent: (value) => `${count(value * 100, value < 0.1 ? 2 : 1)} %`,
  plain: (value) => count(value),
}

export const write = (value: number | undefined, unit: Unit) =>
  value === undefined || Number.isNaN(value) ? '-' : writers[unit](value)

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, nth) => (nth === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
