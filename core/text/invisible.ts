/**
 * Characters that show nothing: text copied from a web page, a chat or a spreadsheet is full of them. Pure.
 *
 * They are removed where text is compared with something known (phone numbers, column names, names of placeholders), and
 * never from a person's name or a message: emoji and several scripts need them.
 */

/**
 * Format characters (Cf: direction marks, zero-width joiners, soft hyphens, the byte order mark), variation selectors, and
 * the fillers that Unicode calls default-ignorable (DerivedCoreProperties.txt).
 */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/** Every kind of blank: separators (Z), tabs, line ends, and a braille cell without dots. */
const blanks = /[\s\p{Z}\u0085\u2800]+/gu
const showsNothing = /^[\s\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u0085\u2800]*$/u
const plain = /^[!-~](?:[ -~]*[!-~])?$/

/** Text without invisible characters, with one ASCII space for each run of blanks and none at its ends. */
export function tidy(text: string): string {
  if (plain.test(text)) return text.includes('  ') ? text.replace(/ +/g, ' ') : text
  return text.replace(invisible, '').replace(blanks, ' ').trim()
}

/** True for text that shows nothing: blanks and invisible characters only. Decided by the first character nearly always. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0)
  return !(first > 0x20 && first < 0x7f) && showsNothing.test(text)
}
