/**
 * Countries of phone numbers, and the same rules as patterns, which a database applies to a million numbers. Most calling
 * codes belong to one country; `+1`, `+7`, `+44` and some others are shared, and the digits after them decide. Pure.
 */
import parsePhoneNumber, { type CountryCode, getCountryCallingCode, Metadata } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/max/metadata'

/**
 * Country of a number by libphonenumber; the main country of its calling code where no range fits, as for numbers that are
 * reserved for tests.
 * @param phone E.164
 * @returns undefined for numbers of no country, such as those of satellite phones
 */
export function countryOf(phone: string): CountryCode | undefined {
  const number = parsePhoneNumber(phone)
  return number?.country ?? sharing(number?.countryCallingCode ?? '')[0]
}

/** Digits after a shared calling code that tell its countries apart; a few small ranges of islands need more. */
const TELLING = 5
/** Characters that hold any calling code, with its plus. */
const CODE = 4

/**
 * Beginnings of phones that tell their countries: for phones that begin with one of `codes`, the first `length` characters,
 * and for all others the first `otherwise`.
 */
export const countryPrefixes = {
  shared: [1, 2, 3].map((digits) => ({
    codes: Object.entries(metadata.country_calling_codes).flatMap(([code, all]) =>
      code.length === digits && all.length > 1 ? [`+${code}`] : [],
    ),
    length: 1 + digits + TELLING,
  })),
  otherwise: CODE,
} as const

/** @param phone E.164 */
export function countryPrefixOf(phone: string): string {
  const found = countryPrefixes.shared.find(({ codes }) => codes.some((code) => phone.startsWith(code)))
  return phone.slice(0, found?.length ?? countryPrefixes.otherwise)
}

/** A step in finding the country of a number. The first rule that fits decides. */
export interface PhoneRule {
  /** Calling code with its plus: `+254`. */
  readonly prefix: string
  /** Regular expression of the whole number, for JavaScript and PostgreSQL; null: every number with the prefix fits. */
  readonly pattern: string | null
  /** Null: none of those that were asked for. */
  readonly country: CountryCode | null
}

/** Rules in order, which tell these countries from all others. A number that none fits is of another country. */
export function phoneRules(countries: readonly CountryCode[]): PhoneRule[] {
  const asked = new Set(countries)
  const codes = new Set(countries.map((country) => getCountryCallingCode(country)))
  return [...codes].flatMap((code) => rulesOf(code, sharing(code), asked))
}

function rulesOf(code: string, all: readonly CountryCode[], asked: ReadonlySet<CountryCode>): PhoneRule[] {
  const prefix = `+${code}`
  const isMainAsked = all.slice(0, 1).some((main) => asked.has(main))
  const fallback = isMainAsked ? [{ prefix, pattern: null, country: all[0] ?? null }] : []
  if (all.length === 1) return fallback
  const rules: PhoneRule[] = []
  let others: string[] = []
  // Neighbours that nobody asked for are one rule: fewer patterns to try.
  const endOthers = () => {
    if (others.length > 0) rules.push({ prefix, pattern: wholeOf(code, others), country: null })
    others = []
  }
  for (const country of all)
    if (asked.has(country)) {
      endOthers()
      rules.push({ prefix, pattern: wholeOf(code, [nationalOf(country)]), country })
    } else others.push(nationalOf(country))
  if (isMainAsked) endOthers()
  return [...rules, ...fallback]
}

const wholeOf = (code: string, nationals: readonly string[]) => `^\\+${code}(?:${nationals.join('|')})$`

/** Countries that share a calling code, the main one first: the order in which libphonenumber tries them. */
const sharing = (code: string): readonly CountryCode[] => metadata.country_calling_codes[code] ?? []

/** Methods of a numbering plan, some of which the types of libphonenumber-js leave out. */
interface Plan {
  leadingDigits(): string | undefined
  type(name: string): { pattern(): string | undefined } | undefined
}

const types = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const

/** Pattern of the national numbers by which libphonenumber recognises the country: its leading digits, else all its ranges. */
function nationalOf(country: CountryCode): string {
  const numbering = new Metadata()
  numbering.selectNumberingPlan(country)
  const plan = numbering.numberingPlan as unknown as Plan
  const leading = plan.leadingDigits()
  if (leading) return `(?:${leading})\\d*`
  const ranges = types.flatMap((type) => plan.type(type)?.pattern() || [])
  return [...new Set(ranges)].map((range) => `(?:${range})`).join('|')
}
