/** CSV as RFC 4180 has it, safe to open in a spreadsheet. Pure. */

/**
 * Cells that a spreadsheet may run (OWASP, "CSV Injection": `=`, `+`, `-`, `@`, also in full width, tab and line breaks), behind
 * whatever it may skip first: blanks, invisible characters, separators, quotes. An apostrophe before it counts as part of
 * it, so that what was guarded once more is the same after it was read once.
 */
const dangerous = /^(?:'*[\t\r\n]|[\s\p{C}\u115f\u1160\u3164,;|"'`]*[=+\-@＝＋－＠﹦﹢﹣﹫−])/u
/** Cells that must be quoted. */
const special = /[",;|\t\r\n]|^[\s\ufeff]|[\s\ufeff]$/

export const CSV_TYPE = 'text/csv; charset=utf-8'

/** One cell; null is empty. What a spreadsheet would run gets an apostrophe before it, which makes it text there. */
export function csvCell(value: string | number | null): string {
  if (value === null || typeof value === 'number') return String(value ?? '')
  return quoted(dangerous.test(value) ? `'${value}` : value)
}

/** Takes away the apostrophe that `csvCell`, or a spreadsheet, has put before a text that looks like a formula. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && dangerous.test(cell.slice(1)) ? cell.slice(1) : cell
}

/** A cell that is known to be harmless and must stay as it is: an E.164 phone begins with `+`. */
export function csvPhone(phone: string | null): string {
  return phone !== null && /^\+\d+$/.test(phone) ? phone : csvCell(phone)
}

const quoted = (text: string): string => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** @param cells as `csvCell` made them */
export const csvLine = (cells: readonly string[]): string => `${cells.join(',')}\r\n`
