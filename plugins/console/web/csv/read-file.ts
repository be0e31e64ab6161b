/** Reads a CSV file in the browser, part by part. */
import Papa from 'papaparse'

export interface Table {
  readonly names: readonly string[]
  /** The first rows, to look at. */
  readonly sample: readonly (readonly string[])[]
}

const SAMPLE = 5

/** @throws Error for a file that has no line of names */
export function readTable(file: File): Promise<Table> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(file, {
      preview: SAMPLE + 1,
      skipEmptyLines: 'greedy',
      complete: ({ data: [names, ...sample] }) =>
        names?.some((name) => name.trim() !== '')
          ? resolve({ names: names.map((name) => name.trim()), sample })
          : reject(new Error('The file is empty: its first line must name the columns')),
      error: reject,
    })
  })
}

export interface Line {
  /** In the file, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Every row below the line of names; `take` gets some thousand at a time, so that the page stays responsive. */
export function readLines(file: File, take: (lines: readonly Line[]) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let line = 1
    let head = true
    Papa.parse<string[]>(file, {
      chunkSize: 256 * 1024,
      chunk: ({ data }, parser) => {
        if (signal.aborted) return parser.abort()
        const lines: Line[] = []
        for (const cells of data) {
          if (!head && cells.some((cell) => cell.trim() !== '')) lines.push({ line, cells })
          head = false
          line += 1 + cells.reduce((sum, cell) => sum + (cell.match(/\r\n?|\n/g)?.length ?? 0), 0)
        }
        take(lines)
      },
      complete: () => (signal.aborted ? reject(signal.reason) : resolve()),
      error: reject,
    })
  })
}
