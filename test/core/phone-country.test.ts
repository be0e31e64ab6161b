/** Countries of phone numbers: the rules for the database decide as libphonenumber does. */
import { describe, expect, test } from 'bun:test'
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { isCountry } from '../../core/messaging/text/phone.ts'
import { countryOf, countryPrefixOf, type PhoneRule, phoneRules } from '../../core/messaging/text/phone-country.ts'

const all = Object.keys(examples).filter(isCountry)

/** Applies the rules as the database does. */
function decider(rules: readonly PhoneRule[]) {
  const compiled = rules.map(({ pattern, ...rule }) => ({
    ...rule,
    pattern: pattern === null ? /^/ : new RegExp(pattern),
  }))
  return (phone: string) =>
    compiled.find(({ prefix, pattern }) => phone.startsWith(prefix) && pattern.test(phone))?.country ?? null
}

/** The example of each country with its last digits replaced: numbers of many ranges, some of them of nobody. */
function numbersNear(country: CountryCode): string[] {
  const number = getExampleNumber(country, examples)?.number ?? ''
  return [4, 7].flatMap((digits) =>
    Array.from({ length: 40 }, (_, nth) => {
      const other = String((nth * 7_919_357 + 1_234_567) % 10 ** digits).padStart(digits, '0')
      return number.slice(0, -digits) + other
    }),
  )
}

const numbers = all.flatMap(numbersNear).map((phone) => ({ phone, country: countryOf(phone) ?? null }))

/** Numbers about which the rules and libphonenumber differ. */
function differences(asked: readonly CountryCode[]) {
  const decide = decider(phoneRules(asked))
  const isAsked = (country: CountryCode | null) => country !== null && asked.includes(country)
  return numbers
    .map(({ phone, country }) => ({ phone, by: decide(phone), of: isAsked(country) ? country : null }))
    .filter(({ by, of }) => by !== of)
}

describe('countryOf()', () => {
  test.each([
    ['+254712345678', 'KE'],
    ['+12025550123', 'US'],
    ['+14165550123', 'CA'],
    ['+17872345678', 'PR'],
    ['+18005550123', 'US'],
    ['+447400123456', 'GB'],
    ['+447781123456', 'GG'],
    ['+447700900123', 'GB'],
    ['+79123456789', 'RU'],
    ['+77710009998', 'KZ'],
    ['+4779123456', 'SJ'],
    ['+870773111632', undefined],
  ] as const)('%s is of %s', (phone, country) => expect(countryOf(phone)).toBe(country as CountryCode | undefined))
})

describe('phoneRules()', () => {
  test('tell every country from all others', () => {
    expect(numbers.length).toBeGreaterThan(19_000)
    expect(differences(all)).toEqual([])
  })

  test.each([
    [['CA']],
    [['US']],
    [['GB', 'KE']],
    [['JE', 'GB']],
    [['KZ']],
    [['RU', 'CA', 'US', 'PR']],
    [['NO']],
  ] as const)('of %j decide for these alone', (asked) => expect(differences([...asked])).toEqual([]))

  test('of a calling code that one country has are one rule without a pattern', () => {
    expect(phoneRules(['KE'])).toEqual([{ prefix: '+254', pattern: null, country: 'KE' }])
  })
})

describe('countryPrefixOf()', () => {
  test('numbers with one beginning are of one country', () => {
    const byPrefix = Map.groupBy(numbers, ({ phone }) => countryPrefixOf(phone))
    const mixed = [...byPrefix.values()]
      .map((group) => [...new Set(group.map(({ country }) => country))].sort())
      .filter(({ length }) => length > 1)
    expect(mixed).toEqual([])
  })

  test.each([
    ['+254712345678', '+254'],
    ['+4915123456789', '+491'],
    ['+12125550123', '+121255'],
    ['+447700900123', '+4477009'],
    ['+212612345678', '+21261234'],
  ])('of %s is %s', (phone, prefix) => expect(countryPrefixOf(phone)).toBe(prefix))
})
