import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { countSegments, isGsm, markForcing } from '../../core/messaging/text/segments.ts'

const parts = (text: string) => {
  const { encoding, units, parts, left } = countSegments(text)
  return [encoding, units, parts, left]
}

describe('countSegments()', () => {
  test.each([
    ['nothing', '', ['GSM-7', 0, 0, 160]],
    ['160 septets are one part', 'a'.repeat(160), ['GSM-7', 160, 1, 0]],
    ['161 are two of 153', 'a'.repeat(161), ['GSM-7', 161, 2, 145]],
    ['306 fill two', 'a'.repeat(306), ['GSM-7', 306, 2, 0]],
    ['307 are three', 'a'.repeat(307), ['GSM-7', 307, 3, 152]],
    ['70 UCS-2 units are one part', 'я'.repeat(70), ['UCS-2', 70, 1, 0]],
    ['71 are two of 67', 'я'.repeat(71), ['UCS-2', 71, 2, 63]],
    ['134 fill two', 'я'.repeat(134), ['UCS-2', 134, 2, 0]],
    ['135 are three', 'я'.repeat(135), ['UCS-2', 135, 3, 66]],
    ['one foreign letter turns the whole text', `${'a'.repeat(159)}я`, ['UCS-2', 160, 3, 41]],
    ['an extension character is two septets', '€'.repeat(80), ['GSM-7', 160, 1, 0]],
    ['all of the extension table', '\f^{}\\[~]|€', ['GSM-7', 20, 1, 140]],
    ['line ends and Greek capitals are GSM', '\r\nΔΦΓΛΩΠΨΣΘΞ', ['GSM-7', 12, 1, 148]],
    ['what looks like GSM and is not', 'ç', ['UCS-2', 1, 1, 69]],
    ['a tab is not', '\t', ['UCS-2', 1, 1, 69]],
    ['in UCS-2 an extension character is one unit', '€я', ['UCS-2', 2, 1, 68]],
    ['an emoji is a pair of units', '🎉', ['UCS-2', 2, 1, 68]],
    ['half a pair is a unit', '\ud83c', ['UCS-2', 1, 1, 69]],
    ['35 emoji are one part', '🎉'.repeat(35), ['UCS-2', 70, 1, 0]],
  ] as const)('%s', (_, text, expected) => {
    expect(parts(text)).toEqual([...expected])
  })

  test('an extension character is not split between two parts', () => {
    // 152 and the two of the sign make 154: it begins the second part, and a septet of the first stays empty.
    expect(parts(`${'a'.repeat(152)}€${'a'.repeat(7)}`)).toEqual(['GSM-7', 161, 2, 153 - 9])
    expect(parts(`${'a'.repeat(152)}€${'a'.repeat(151)}`)).toEqual(['GSM-7', 305, 2, 0])
    expect(parts(`${'a'.repeat(152)}€${'a'.repeat(152)}`)).toEqual(['GSM-7', 306, 3, 152])
  })

  test('a surrogate pair is not split between two parts', () => {
    // 67 is odd: a part holds 33 emoji, and a unit of it stays empty.
    expect(parts('🎉'.repeat(36))).toEqual(['UCS-2', 72, 2, 67 - 6])
    expect(parts('🎉'.repeat(66))).toEqual(['UCS-2', 132, 2, 1])
    expect(parts('🎉'.repeat(67))).toEqual(['UCS-2', 134, 3, 65])
  })

  test('names what forces UCS-2, each once and in order', () => {
    expect(countSegments('“Hi” – {first_name} 🎉🎉').forcing).toEqual(['“', '”', '–', '🎉'])
    expect(countSegments('Hi {first_name} €5').forcing).toEqual([])
  })

  test('whatever the text, parts are as few as can be, and hold all of it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '€', 'я', '🎉', '\ud800', '{'), maxLength: 700 })
    fc.assert(
      fc.property(text, (value) => {
        const { encoding, units, parts, left, perPart } = countSegments(value)
        const room = parts * perPart
        expect(units + left).toBeLessThanOrEqual(Math.max(room, perPart))
        // No part wastes more than the one unit before a character of two.
        if (parts > 1) expect(units + left).toBeGreaterThanOrEqual(room - (parts - 1))
        if (parts > 0) expect(left).toBeLessThan(perPart)
        expect(encoding).toBe([...value].every(isGsm) ? 'GSM-7' : 'UCS-2')
        expect(parts === 0).toBe(value === '')
      }),
      { numRuns: 500 },
    )
  })
})

test('markForcing() gives back the text, in runs', () => {
  expect(markForcing('Hi “you” 🎉')).toEqual([
    { text: 'Hi ', forcing: false, at: 0 },
    { text: '“', forcing: true, at: 3 },
    { text: 'you', forcing: false, at: 4 },
    { text: '”', forcing: true, at: 7 },
    { text: ' ', forcing: false, at: 8 },
    { text: '🎉', forcing: true, at: 9 },
  ])
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(
        markForcing(text)
          .map((run) => run.text)
          .join(''),
      ).toBe(text)
    }),
  )
})
