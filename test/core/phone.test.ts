import { describe, expect, test } from 'bun:test'
import naughty from 'big-list-of-naughty-strings'
import fc from 'fast-check'
import { getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { type CountryCode, isCountry, parsePhone, phonePrefixes } from '../../core/messaging/text/phone.ts'
import { acceptedPhones, internationalSpellings, nationalSpellings, refusedPhones } from '../support/phone-spellings.ts'

/** As plain values, whatever their brand. */
const read = (input: string, country: CountryCode): unknown => parsePhone(input, country)
const accepted = (phone: string) => ({ ok: true, phone })
const reasonFor = (input: string) => {
  const result = parsePhone(input, 'KE')
  return result.ok ? `accepted as ${result.phone}` : result.reason
}

describe('parsePhone()', () => {
  test.each([
    ['+254712345678'],
    ['0712345678'],
    ['712345678'],
    ['254712345678'],
    ['+254 712 345 678'],
    ['(0712) 345-678'],
    ['  0712345678\n'],
    ['٠٧١٢٣٤٥٦٧٨'],
    ['＋254712345678'],
  ])('reads %p', (input) => expect(read(input, 'KE')).toEqual(accepted('+254712345678')))

  test('reads national numbers of the default country, and others with their calling code', () => {
    expect(read('0712345678', 'UG')).toEqual(accepted('+256712345678'))
    expect(read('+44 7400 123456', 'KE')).toEqual(accepted('+447400123456'))
    expect(read('+800 1234 5678', 'KE')).toEqual(accepted('+80012345678'))
  })

  test('accepts the numbers that Ofcom gives to nobody, for trying out', () => {
    expect(read('+44 7700 900001', 'KE')).toEqual(accepted('+447700900001'))
    expect(read('07700 900999', 'GB')).toEqual(accepted('+447700900999'))
    expect(read('+447700901000', 'KE')).toMatchObject({ ok: false })
  })

  test('accepts landlines', () => expect(read('020 2012345', 'KE')).toEqual(accepted('+254202012345')))

  test.each([
    ['0712', 'The phone number is too short for KE (+254)'],
    ['+254', 'The phone number is too short'],
    ['999', 'The phone number is too short for KE (+254)'],
    ['07123456789012', 'The phone number is too long for KE (+254)'],
    ['0'.repeat(30), 'The phone number is too long'],

    ['+999712345678', 'The phone number begins with an unknown country calling code'],
    ['+254000000000', 'No phone number in KE (+254) looks like this'],
    ['+254712345678 ext. 5', 'The phone number has an extension: give the number without it'],
    ['+254712345678;ext=5', 'The phone number has an extension: give the number without it'],
    ['0712345678#5', 'The phone number has an extension: give the number without it'],
    ['tel:0712345678;phone-context=+254', 'This is not a phone number'],
    ['call +254712345678', 'The phone number has letters: write it in digits only'],
    ['+254712345678abc', 'The phone number has letters: write it in digits only'],
    ['+254712345678\0', 'This is not a phone number'],
    ['\ud800', 'This is not a phone number'],
    ['', 'This is not a phone number'],
    [' ', 'This is not a phone number'],
    ['+', 'This is not a phone number'],
  ])('refuses %j', (input, reason) => expect(reasonFor(input)).toBe(reason))

  test('refuses a megabyte at once', () => {
    for (const unit of ['1', '+2', '0 ', '( ', '\u0660', 'x', ';ext=1'])
      expect(reasonFor(unit.repeat((1 << 20) / unit.length))).toMatch(
        /^(This is not a phone number|The phone number is too long)$/,
      )
  })

  test('answers every naughty string and any other text, with E.164 or a sentence', () => {
    const text = fc.oneof(
      fc.constantFrom(...naughty),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'+0123456789 ()-.;=extp\0') }),
    )
    const answers = fc.property(text, (input) => {
      const result = parsePhone(input, 'KE')
      if (result.ok) expect(result.phone).toMatch(/^\+[1-9]\d{4,14}$/)
      else expect(result.reason).toMatch(/^[A-Z].*phone number/)
    })
    fc.assert(answers, { numRuns: 2_000, examples: naughty.map((input): [string] => [input]) })
  })

  test('reads what it gave, in any country, as the same number', () => {
    for (const country of Object.keys(examples).filter(isCountry)) {
      const example = getExampleNumber(country, examples)
      if (!example?.isValid()) continue
      expect(read(example.formatNational(), country)).toEqual(accepted(example.number))
      expect(read(example.number, 'KE')).toEqual(accepted(example.number))
    }
  })
})

describe('spellings', () => {
  test('a mobile of every country is one number in each of its national spellings, and is found by it', () => {
    let countries = 0
    for (const country of Object.keys(examples).filter(isCountry)) {
      const example = getExampleNumber(country, examples)
      if (!example) continue
      countries++
      for (const spelling of nationalSpellings(example)) {
        expect([country, spelling, read(spelling, country)]).toEqual([country, spelling, accepted(example.number)])
        expect(phonePrefixes(spelling, country)).toContain(example.number)
      }
    }
    expect(countries).toBeGreaterThanOrEqual(245)
  })

  test('and in each of its international spellings, whatever the default country', () => {
    // Their international prefixes: 000, 011, 8~10, 00, 00; a first zero belongs to the number in the last two.
    for (const home of ['KE', 'US', 'RU', 'IT', 'CI'] as const)
      for (const country of Object.keys(examples).filter(isCountry)) {
        const example = getExampleNumber(country, examples)
        for (const spelling of example ? internationalSpellings(example) : []) {
          expect([home, spelling, read(spelling, home)]).toEqual([home, spelling, accepted(example?.number ?? '')])
          expect(phonePrefixes(spelling, home)).toContain(example?.number ?? '')
        }
      }
  })

  test.each(acceptedPhones.map((input) => [input]))('reads %j', (input) => {
    expect(read(input, 'KE')).toEqual(accepted('+254712345678'))
    expect(phonePrefixes(input, 'KE')).toContain('+254712345678')
  })

  test.each(refusedPhones)('refuses %j: %s', (input, reason) => expect(reasonFor(input)).toContain(reason))

  test('a zero in brackets stays where it belongs to the number', () => {
    expect(read('+39 (0)6 6988 1234', 'KE')).toEqual(accepted('+390669881234'))
    expect(read('+39 (0)321 123456', 'KE')).toEqual(accepted('+390321123456'))
    expect(read('+225 (0)7 07 12 34 56', 'KE')).toEqual(accepted('+2250707123456'))
    expect(read('+33 (0)6 12 34 56 78', 'US')).toEqual(accepted('+33612345678'))
    expect(read('+44 (0)7400 123456', 'US')).toEqual(accepted('+447400123456'))
    expect(read('+1 (0)213 373 4253', 'KE')).toEqual(accepted('+12133734253'))
  })

  test('a slash within one number is none between two', () => {
    expect(read('030/123456', 'DE')).toEqual(accepted('+4930123456'))
    expect(read('0171/1234567', 'DE')).toEqual(accepted('+491711234567'))
    expect(read('+49 171 / 1234567', 'KE')).toEqual(accepted('+491711234567'))
  })
})

describe('isCountry()', () => {
  test('knows the countries that numbers can be read for', () => {
    expect(['KE', 'US', 'GB', 'IN'].every(isCountry)).toBe(true)
    expect(['', 'ke', 'KEN', 'XX', '001', 'toString', '__proto__', ' KE'].some(isCountry)).toBe(false)
  })
})

describe('phonePrefixes()', () => {
  test.each([
    ['0712', 'KE', ['+254712']],
    ['0712 345-678', 'KE', ['+254712345678']],
    ['+254 712', 'KE', ['+254712']],
    ['00254712', 'KE', ['+254712']],
    ['00 254 (0)712', 'KE', ['+254712', '+2540712']],
    ['+254 (0', 'KE', ['+254', '+2540']],
    ['+39 06', 'KE', ['+396', '+3906']],
    ['tel:0712', 'KE', ['+254712']],
    ['whatsapp:+2547', 'KE', ['+2547']],
    ['https://wa.me/2547', 'KE', ['+2547']],
    ['="0712', 'KE', ['+254712']],
    ["'0712", 'KE', ['+254712']],
    ['\u202a0712\u00a0', 'KE', ['+254712']],
    ['\uff10\uff17\uff11\uff12', 'KE', ['+254712']],
    ['0712\u2011345', 'KE', ['+254712345']],
    ['712345', 'KE', ['+254712345', '+712345']],
    ['06 698', 'IT', ['+3906698']],
    ['8 905', 'RU', ['+7905', '+8905']],
    ['(213) 373', 'US', ['+1213373', '+213373']],
  ] as const)('%s in %s', (text, country, prefixes) => {
    expect(phonePrefixes(text, country)).toEqual([...prefixes])
  })

  test('there are none for what is no beginning of a number, or tells hardly anybody apart', () => {
    for (const text of ['', ' ', '07', '+25', 'amina', '07a2', '12+3', '1234567890123456', '%', '0712%'])
      expect([text, phonePrefixes(text, 'KE')]).toEqual([text, []])
  })
})
