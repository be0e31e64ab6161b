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

export type { CountryCode }
export type E164 = E164Number
/** `reason` is a sentence for the person who typed the number; it does not repeat the number. */
export type ParsedPhone = { readonly ok: true; readonly phone: E164 } | { readonly ok: false; readonly reason: string }

const countries: ReadonlySet<string> = new Set(getCountries())

/** Whether `code` is a country that numbers can be read for: ISO 3166-1, two capital letters, such as `KE`. */
export function isCountry(code: string): code is CountryCode {
  return countries.has(code)
}

/**
 * Reads a number in E.164, international or `defaultCountry`'s national form, with or without the usual separators. A
 * number is accepted when it lies in a range that is in use, be it mobile, landline or any other type, since many
 * countries do not tell them apart; ranges opened since libphonenumber's last metadata are refused. An extension is
 * refused: no message reaches it. Never throws.
 */
export function parsePhone(input: string, defaultCountry: CountryCode): ParsedPhone {
  try {
    const text = input.trim()
    const number = parsePhoneNumberWithError(text, { defaultCountry, extract: false })
    const reason = refusal(number, text)
    return reason ? { ok: false, reason } : { ok: true, phone: number.number }
  } catch (error) {
    return { ok: false, reason: error instanceof ParseError ? explain(error.message) : notANumber }
  }
}

const notANumber = 'This is not a phone number'

function refusal(number: PhoneNumber, text: string): string | undefined {
  if (number.ext) return 'The phone number has an extension: give the number without it'
  // The parameters of a tel: address, which the parser would accept.
  if (/[\p{L};]/u.test(text)) return notANumber
  const place = number.country ? `${number.country} (+${number.countryCallingCode})` : `+${number.countryCallingCode}`
  if (!number.isPossible()) return explain(validatePhoneNumberLength(number.number), place)
  return number.isValid() ? undefined : `No phone number in ${place} looks like this`
}

function explain(problem: string | undefined, place?: string): string {
  const where = place ? ` for ${place}` : ''
  if (problem === 'TOO_SHORT') return `The phone number is too short${where}`
  if (problem === 'TOO_LONG') return `The phone number is too long${where}`
  if (problem === 'INVALID_LENGTH') return `The phone number has the wrong length${where}`
  if (problem === 'INVALID_COUNTRY') return 'The phone number begins with an unknown country calling code'
  return notANumber
}

/** So many digits tell hardly anybody from the others. */
const FEWEST_DIGITS = 3

/**
 * What a number that begins with `text` begins with in E.164: `0712` is `+254712` in Kenya. Without a sign of its own
 * kind, `254712` may be meant nationally or internationally.
 * @returns none where `text` is not the beginning of a number, or has fewer than 3 digits
 */
export function phonePrefixes(text: string, defaultCountry: CountryCode): string[] {
  const digits = text.replace(/[\s()./-]/g, '').replace(/^00/, '+')
  if (!/^\+?\d{1,15}$/.test(digits) || digits.replace('+', '').length < FEWEST_DIGITS) return []
  if (digits.startsWith('+')) return [digits]
  const typed = new AsYouType(defaultCountry)
  typed.input(digits)
  const national = typed.getNumberValue()
  return [...(national === undefined ? [] : [national]), ...(digits.startsWith('0') ? [] : [`+${digits}`])]
}
