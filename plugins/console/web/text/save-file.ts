/** Excel takes a CSV without this mark for the letters of an old code page. */
const UTF8_MARK = '\ufeff'

/** Gives a CSV to the browser's downloads. */
export function saveFile(csv: Blob | string, name: string): void {
  const url = URL.createObjectURL(new Blob([UTF8_MARK, csv], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // After the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
