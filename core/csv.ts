/** CSV as RFC 4180 has it, safe to open in a spreadsheet. Pure. */

/** A cell that begins so is a formula to a spreadsheet (OWASP, "CSV Injection"). */
const formula = /^[=+\-@\t\r]/
/** What must stand in quotes. */
const special = /[",\r\n]|^\s|\s$/

export const CSV_TYPE = 'text/csv; charset=utf-8'

/** One cell; null is empty. What a spreadsheet would run gets an apostrophe before it, which makes it text there. */
export function csvCell(value: string | number | null): string {
  if (value === null || typeof value === 'number') return String(value ?? '')
  return quoted(formula.test(value) ? `'${value}` : value)
}

/** A cell that is known to be harmless and must stay as it is: an E.164 phone begins with `+`. */
export function csvPhone(phone: string | null): string {
  return phone !== null && /^\+\d+$/.test(phone) ? phone : csvCell(phone)
}

const quoted = (text: string): string => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** @param cells as `csvCell` made them */
export const csvLine = (cells: readonly string[]): string => `${cells.join(',')}\r\n`
