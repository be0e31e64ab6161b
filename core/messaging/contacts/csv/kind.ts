/** Files that are often taken for CSV, recognised by their first bytes, and what to do with each. Pure. */

/** Bytes of the beginning that are enough to tell. */
export const SNIFF_BYTES = 4096

const AS_CSV = 'open it there and save it as "CSV UTF-8"'

/** @param head the first `SNIFF_BYTES` of the file, or all of it. @returns a sentence, or undefined for what may be text */
export function foreignKind(head: Uint8Array): string | undefined {
  // A letter for each byte, of the same number.
  const text = String.fromCharCode(...head)
  if (text.startsWith('PK\x03\x04')) return zipKind(text)
  if (text.startsWith('\xd0\xcf\x11\xe0')) return `This is an old Excel workbook (.xls): ${AS_CSV}`
  if (text.startsWith('%PDF')) return 'This is a PDF document: export the table from the program that made it as CSV'
  if (text.startsWith('{\\rtf')) return `This is a text document (RTF), not a table: ${AS_CSV}`
  const packed = packings.find(([mark]) => text.startsWith(mark))
  if (packed) return `This file is compressed (${packed[1]}): unpack it, and import the CSV file in it`
  const picture = ['\x89PNG', '\xff\xd8\xff', 'GIF8'].some((mark) => text.startsWith(mark))
  return picture ? 'This is a picture, not a table: import a CSV file' : undefined
}

const packings: readonly (readonly [string, string])[] = [
  ['\x1f\x8b', 'gzip'],
  ['PK\x05\x06', 'zip'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ', 'xz'],
  ['7z\xbc\xaf', '7z'],
  ['Rar!', 'rar'],
  ['(\xb5/\xfd', 'zstd'],
]

function zipKind(text: string): string {
  if (text.includes('opendocument.spreadsheet')) return `This is a LibreOffice spreadsheet (.ods): ${AS_CSV}`
  if (text.includes('opendocument')) return 'This is a LibreOffice document, not a table: import a CSV file'
  if (text.includes('word/')) return 'This is a Word document, not a table: import a CSV file'
  if (text.includes('xl/') || text.includes('[Content_Types].xml'))
    return `This is an Excel workbook (.xlsx): ${AS_CSV}`
  if (text.includes('Index/') && text.includes('.iwa')) return 'This is an Apple Numbers spreadsheet: export it as CSV'
  return 'This file is compressed (zip): unpack it, and import the CSV file in it'
}

/** @param text the beginning of the decoded file */
export function foreignText(text: string): string | undefined {
  const start = text.slice(0, SNIFF_BYTES).trimStart()
  if (/^<\?xml/i.test(start) && /urn:schemas-microsoft-com:office/i.test(start))
    return `This is an Excel workbook in XML: ${AS_CSV}`
  if (/^<(!doctype|html|head|body|table|meta|div|!--)/i.test(start))
    return 'This is a web page (HTML), despite its name: open it in a spreadsheet program and save it as "CSV UTF-8"'
  if (/^<[?\w]/.test(start)) return 'This is XML, not CSV: export the customers as CSV'
  if (/^(\{\s*(["}]|$)|\[\s*([{[\]]|$))/.test(start))
    return 'This is JSON, not CSV: export the customers as CSV, or send one JSON object per line to the API as NDJSON'
  return undefined
}
