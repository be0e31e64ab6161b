/** Byte order mark, without which Excel reads a CSV in an old code page. */
const UTF8_MARK = '\ufeff'

/** Gives a CSV to the browser's downloads. */
export function saveFile(csv: Blob | string, name: string): void {
  const url = URL.createObjectURL(new Blob([UTF8_MARK, csv], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Released once the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
