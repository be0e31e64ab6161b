/** Plain text for people: a progress bar and a two-column table. */

const WIDTH = 40

/** Redraws one line in a terminal; elsewhere it prints a line for each tenth that is done. */
export function bar(share: number, text: string, last: boolean): void {
  const full = Math.round(share * WIDTH)
  const line = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${(share * 100).toFixed(1).padStart(5)} %  ${text}`
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}${last ? '\n' : ''}`)
  else if (last || Math.floor(share * 10) !== printed) console.log(line)
  printed = Math.floor(share * 10)
}
let printed = -1

export function table(rows: readonly (readonly [string, number])[]): string {
  const name = Math.max(...rows.map(([text]) => text.length))
  const figure = Math.max(...rows.map(([, count]) => count.toLocaleString('en').length))
  return rows
    .map(([text, count]) => `  ${text.padEnd(name)}  ${count.toLocaleString('en').padStart(figure)}`)
    .join('\n')
}
