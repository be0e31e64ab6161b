/**
 * Texts written with characters of the SMS alphabet, where a campaign asks for it. One character outside of that alphabet makes
 * the parts of its whole message less than half as long; quotes and dashes of word processors are nearly always the only ones.
 * Names change only where somebody chose that. Pure.
 */
import { countParts, isGsm, isGsmText } from './segments.ts'

/**
 * `none`: each text is sent as it is. `punctuation`: quotes, dashes, dots and blanks of word processors are written plainly.
 * `letters`: so are accented letters that the SMS alphabet lacks.
 */
export const transliterations = ['none', 'punctuation', 'letters'] as const
export type Transliteration = (typeof transliterations)[number]

/** Characters that word processors insert, and the plain ones that they replace. */
const plainer: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  ʼ: "'",
  '`': "'",
  '´': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '″': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '−': '-',
  '…': '...',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\u2009': ' ',
  '•': '-',
  '·': '-',
  '\t': ' ',
}

/** Latin letters that Unicode does not compose of a plain one and a mark. */
const lettersOfOnePiece: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ŋ: 'ng',
  Ŋ: 'Ng',
  œ: 'oe',
  Œ: 'OE',
  þ: 'th',
  Þ: 'Th',
  ŧ: 't',
  Ŧ: 'T',
  ɓ: 'b',
  Ɓ: 'B',
  ɗ: 'd',
  Ɗ: 'D',
  ƙ: 'k',
  Ƙ: 'K',
  ƴ: 'y',
  Ƴ: 'Y',
}

/** The same text with typographic characters written plainly. */
export const writePlainly = (text: string): string => [...text].map((one) => plainer[one] ?? one).join('')

/** The same text with letters that the alphabet lacks as those nearest to them; letters that it has, such as é, stay. */
const writeLetters = (text: string): string =>
  [...text.normalize('NFC')].map((one) => (isGsm(one) ? one : (lettersOfOnePiece[one] ?? withoutMarks(one)))).join('')

function withoutMarks(character: string): string {
  const plain = character.normalize('NFD').replace(/\p{M}/gu, '')
  return plain !== '' && isGsmText(plain) ? plain : character
}

/**
 * The text as it is sent. It changes only where all of it then fits the SMS alphabet and takes no more parts: a message with an
 * emoji or in another script gains nothing by plain quotes.
 */
export function transliterate(text: string, level: Transliteration): string {
  if (level === 'none' || isGsmText(text)) return text
  const plain = writePlainly(text)
  const written = isGsmText(plain) || level === 'punctuation' ? plain : writeLetters(plain)
  return isGsmText(written) && countParts(written) <= countParts(text) ? written : text
}
