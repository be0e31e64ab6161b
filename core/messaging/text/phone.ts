/** Phone numbers: read as people write them, stored as E.164 (`+254712345678`). */
import {
  AsYouType,
  type CountryCode,
  type E164Number,
  getCountries,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { readSpelling } from './phone-spelling.ts'

export type { CountryCode }
export type E164 = E164Number
/** `reason` is a sentence for the person who typed the number; it does not repeat the number. */
export type ParsedPhone = { readonly ok: true; readonly phone: E164 } | { readonly ok: false; readonly reason: string }

const countries: ReadonlySet<string> = new Set(getCountries())

/** True when numbers can be read for the country `code`: ISO 3166-1, two capital letters, such as `KE`. */
export function isCountry(code: string): code is CountryCode {
  return countries.has(code)
}

const notANumber = 'This is not a phone number'
const severalNumbers = 'There are several phone numbers: give only one'

/**
 * Reads a number in E.164, international or `defaultCountry`'s national form, in any spelling that `readSpelling` knows. A
 * number is accepted when it lies in a range that is in use, be it mobile, landline or any other type, since many
 * countries do not tell them apart, or in Ofcom's range for tests; ranges opened since libphonenumber's last metadata are
 * refused. An extension is refused: no message reaches it. Never throws.
 */
export function parsePhone(input: string, defaultCountry: CountryCode): ParsedPhone {
  const spelling = readSpelling(input)
  if ('reason' in spelling) return { ok: false, reason: spelling.reason }
  const { text } = spelling
  if (holdsSeveral(text, defaultCountry)) return { ok: false, reason: severalNumbers }
  const first = parse(text, defaultCountry)
  // People write 00 also in the countries whose international prefix is another.
  const international = text.replace(/^00(?=[ .)-]*[1-9])/, '+')
  const second = first.number || international === text ? first : parse(international, defaultCountry)
  const { number } = withoutBracketedZero(international, second)
  if (number) return { ok: true, phone: number.number }
  return { ok: false, reason: looksLikeSeveral(text, defaultCountry) ? severalNumbers : (first.reason ?? notANumber) }
}

type Parsed =
  | { readonly number: PhoneNumber; readonly reason?: never }
  | { readonly number?: never; readonly reason: string }

/**
 * A zero in brackets is dialled within the country only (ITU-T E.123 7.2), but belongs to the landlines of some countries.
 * In a country with both readings, such as Italy, a landline's zero belongs to it, unless the number without it is a
 * mobile of full length.
 */
function withoutBracketedZero(text: string, literal: Parsed): Parsed {
  const zero = /^(\+[^(]*)\( ?0 ?\)/
  if (!zero.test(text)) return literal
  const without = parse(text.replace(zero, '$1'))
  if (!literal.number || !without.number) return without.number ? without : literal
  const isLandline = literal.number.getType() === 'FIXED_LINE' && without.number.nationalNumber.length < 10
  return without.number.getType() === 'MOBILE' && !isLandline ? without : literal
}

function parse(text: string, defaultCountry?: CountryCode): Parsed {
  try {
    const number = parsePhoneNumberWithError(text, { ...(defaultCountry && { defaultCountry }), extract: false })
    const reason = refusal(number, text)
    return reason ? { reason } : { number }
  } catch (error) {
    return { reason: lettersIn(text) ?? (error instanceof ParseError ? explain(error.message) : notANumber) }
  }
}

function refusal(number: PhoneNumber, text: string): string | undefined {
  if (number.ext) return 'The phone number has an extension: give the number without it'
  // The parameters of a tel: address, which the parser would accept.
  if (text.includes(';')) return notANumber
  const letters = lettersIn(text)
  if (letters) return letters
  const place = number.country ? `${number.country} (+${number.countryCallingCode})` : `+${number.countryCallingCode}`
  if (!number.isPossible()) return explain(validatePhoneNumberLength(number.number), place)
  return number.isValid() || isForTests(number) ? undefined : `No phone number in ${place} looks like this`
}

/** Numbers that Ofcom gives to nobody, for films and tests: a sender that is tried out may take them. */
const isForTests = ({ number }: PhoneNumber): boolean => /^\+447700900\d{3}$/.test(number)

/** The reason for a number with letters, such as 0800 FLOWERS; undefined without any, and for words. */
function lettersIn(text: string): string | undefined {
  if (!/\p{L}/u.test(text)) return undefined
  return /(?:\d\D*){3}/.test(text) ? 'The phone number has letters: write it in digits only' : notANumber
}

function explain(problem: string | undefined, place?: string): string {
  const where = place ? ` for ${place}` : ''
  if (problem === 'TOO_SHORT') return `The phone number is too short${where}`
  if (problem === 'TOO_LONG') return `The phone number is too long${where}`
  if (problem === 'INVALID_LENGTH') return `The phone number has the wrong length${where}`
  if (problem === 'INVALID_COUNTRY') return 'The phone number begins with an unknown country calling code'
  return notANumber
}

/** Marks and words between two numbers of one cell. */
const between = /[/,;|&]|(?: -|- | or | and )/i

/** True for numbers beside each other, each complete, and not for one number that is written with a slash. */
function holdsSeveral(text: string, country: CountryCode): boolean {
  // Two numbers that differ in their last digits: 0712345678/79.
  if (/(?:\d\D{0,2}){6,}[/,]\s?\d{1,2}$/.test(text)) return true
  const parts = text.split(between)
  return parts.length > 1 && parts.length < 10 && parts.every((part) => parse(part.trim(), country).number)
}

/** True for text that is no number and looks like several: parts long enough for one each, or a second `+`. */
function looksLikeSeveral(text: string, country: CountryCode): boolean {
  if (/\p{L}/u.test(text.replace(/ (?:or|and) /gi, '/'))) return false
  const parts = text.split(between).filter((part) => (part.match(/\d/g) ?? []).length >= 6)
  if (parts.length > 1 || /\d.*\+\d/.test(text)) return true
  const words = text.split(' ')
  return words.length > 1 && words.length < 10 && words.every((word) => parse(word, country).number)
}

/** Fewer digits than these fit too many numbers to search for. */
const FEWEST_DIGITS = 3

/**
 * The beginnings in E.164 of the numbers that begin with `text`: `0712` is `+254712` in Kenya. Without a sign of its own
 * kind, `254712` may be meant nationally or internationally. A whole number is among them as `parsePhone` reads it.
 * @returns none where `text` is not the beginning of a number, or has fewer than 3 digits
 */
export function phonePrefixes(text: string, defaultCountry: CountryCode): string[] {
  const spelling = readSpelling(text)
  if ('reason' in spelling) return []
  const digits = spelling.text.replace(/[\s()./~-]/g, '').replace(/^00(?=[1-9])/, '+')
  if (!/^\+?\d{1,17}$/.test(digits) || digits.replace('+', '').length < FEWEST_DIGITS) return []
  const whole = parsePhone(spelling.text, defaultCountry)
  const prefixes = digits.startsWith('+') ? internationalPrefixes(digits) : nationalPrefixes(digits, defaultCountry)
  return [...new Set([...(whole.ok ? [whole.phone] : []), ...prefixes])].filter(({ length }) => length <= 16)
}

function nationalPrefixes(digits: string, country: CountryCode): string[] {
  const typed = new AsYouType(country)
  typed.input(digits)
  const national = typed.getNumberValue()
  return [...(national === undefined ? [] : [national]), ...(digits.startsWith('0') ? [] : [`+${digits}`])]
}

/** A zero after the calling code is dialled within most countries only, and is part of the number in some. */
function internationalPrefixes(digits: string): string[] {
  const typed = new AsYouType()
  typed.input(digits)
  const code = `+${typed.getCallingCode() ?? ''}`
  if (code === '+' || !digits.startsWith(`${code}0`)) return [digits]
  return [`${code}${digits.slice(code.length + 1)}`, digits].filter((prefix) => prefix.length > FEWEST_DIGITS)
}
