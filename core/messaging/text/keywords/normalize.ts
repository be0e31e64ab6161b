/**
 * One spelling for all that people write for a word: NFKC, upper case, without accents, apostrophes and invisible characters,
 * words divided by single spaces. "  “Arrêt!” 🙏" is "ARRET". Pure.
 */

/** Arabic letters that are written in several ways: forms of alef, final ya, ta marbuta. */
const arabicForms: Readonly<Record<string, string>> = { أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ى: 'ي', ة: 'ه' }

/**
 * Marks above letters that Latin, Greek, Cyrillic and Arabic texts leave out at will, and those that make an emoji of a
 * character. In Hindi marks are vowels, and stay.
 */
const optionalMarks = /[\u0300-\u036f]|[\u064b-\u0652]|\u0670|\u0640|\u20e3|[\ufe00-\ufe0f]/g
/** Joiners, direction marks, soft hyphens, byte order marks. */
const invisible = /\p{Cf}/gu
const apostrophes = /['’‘ʼ´`′＇]/g

/** The text in one spelling; empty where it has no letter or number. */
export function normalizeWords(text: string): string {
  const plain = text
    .replace(apostrophes, '')
    .normalize('NFKC')
    .replace(invisible, '')
    .toUpperCase()
    .normalize('NFD')
    .replace(optionalMarks, '')
    .normalize('NFC')
    .replace(/[أإآٱىة]/g, (letter) => arabicForms[letter] ?? letter)
  return plain.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim()
}

/**
 * It, with the letters of spelt-out words joined, S.T.O.P. as STOP, and what stands between letters dropped, OPT-OUT as OPTOUT.
 * Such a word is compared as a whole.
 */
export const joinWords = (normalized: string): string => normalized.replaceAll(' ', '')

/** True for a text whose words are single letters, as in "S T O P". */
export const isSpelt = (words: readonly string[]): boolean =>
  words.length > 2 && words.every((word) => word.length === 1)
