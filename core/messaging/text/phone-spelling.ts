/** Spellings of phone numbers: from what people, spreadsheets and links write to what a parser reads. Pure. */
import { tidy } from '../../text/invisible.ts'

export type Spelling = { readonly text: string } | { readonly reason: string }

/** Longer than any spelling of a number, links with a text included. */
const MAX_LENGTH = 500

const signs: readonly (readonly [RegExp, string])[] = [
  [/[\p{Pd}\u00af\u02d7\u2043\u207b\u208b\u2212\u2796\u30fc]/gu, '-'],
  [/[\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb\u3002]/g, '.'],
  [/[\u2044\u2215]/g, '/'],
  [/[\u207a\u208a\u2795\ufe62]/g, '+'],
  [/[\u2018\u2019\u201b\u02bc\u00b4`]/g, "'"],
  [/[\u201c-\u201f\u00ab\u00bb]/g, '"'],
]

/** A number's scheme or label: `tel:`, `sms://`, `WhatsApp: `. */
const label = /^(?:tel|phone|mobile|mob|cell|sms|smsto|mms|callto|whatsapp|wa)(?:\.? ?: ?(?:\/\/)?|\. ?)/i
/** Links that open a chat; the number in them is international, mostly without its `+`. */
const chat =
  /^(?:(?:https?:\/\/)?(?:www\.)?wa\.me\/|(?:(?:https?:\/\/)?(?:www\.|api\.|web\.)?whatsapp\.com\/send\/?|whatsapp:\/\/send\/?)\?(?:[^#]*&)?phone=)(?:\+|%2B)?([\d ().-]+)(?:[/?&#].*)?$/i

const scientific = /^\+?\d(?:[.,]\d*)? ?E ?\+? ?\d{1,3}$/i
const decimal = /^(\+?\d{4,})[.,](\d{1,2})$/
const thousands = /^\d{1,3}(?:,\d{3}){2,}(?:\.0+)?$/

/**
 * The number without what surrounds it: invisible characters, unusual digits and signs, a spreadsheet's `="..."`,
 * apostrophe and `.0`, a label or a link.
 * @returns a reason for what a number certainly was, but is no more
 */
export function readSpelling(input: string): Spelling {
  if (input.length > MAX_LENGTH) return { reason: 'The phone number is too long' }
  const text = withoutSurroundings(withAsciiSigns(tidy(input)))
  if (scientific.test(text))
    return {
      reason:
        'The phone number is in scientific notation, which has lost digits: format the column as text in the spreadsheet, and enter the number again',
    }
  if (thousands.test(text)) return { text: text.replace(/\.0+$/, '').replaceAll(',', '') }
  const [, whole, fraction] = decimal.exec(text) ?? []
  if (whole === undefined || fraction === undefined) return { text }
  if (/^0+$/.test(fraction)) return { text: whole }
  return { reason: 'The phone number has a decimal fraction: format the column as text in the spreadsheet' }
}

function withAsciiSigns(text: string): string {
  if (/^[ -_a-~]*$/.test(text)) return text
  const ascii = text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/\p{Nd}/gu, digitOf)
  return signs.reduce((result, [pattern, sign]) => result.replace(pattern, sign), ascii)
}

/** Unicode encodes each script's decimal digits as a run of ten, 0 first (The Unicode Standard, 4.6). */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let zero = code
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}

function withoutSurroundings(text: string): string {
  const bare = text
    .replace(/^[='" ]+/, '')
    .replace(/['" ]+$/, '')
    .replace(/^<(.*)>$/, '$1')
  const [, linked] = chat.exec(bare) ?? []
  const number = linked === undefined ? withoutLabel(bare) : `+${linked}`
  return number
    .replace(/^%2B/i, '+')
    .replace(/^\( ?(\+|00)[ .-]?(\d{1,4}) ?\)/, '$1$2 ')
    .replace(/^(?:00 ?)?\+[ +]*(?:00(?=[ (]?[1-9]))?/, '+')
    .trim()
}

/** A link's parameters, such as the text in `sms:+254712345678?body=Hi`, go with its scheme. */
function withoutLabel(text: string): string {
  const number = text.replace(label, '')
  return number === text ? text : number.replace(/\?.*$/, '')
}
