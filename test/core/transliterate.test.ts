import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'
import { countParts, isGsm, isGsmText } from '../../core/messaging/text/segments.ts'
import { transliterate, transliterations, writePlainly } from '../../core/messaging/text/transliterate.ts'

/** Text, as it is with plain punctuation, and with plain letters too. */
const table: readonly (readonly [text: string, punctuation: string, letters: string])[] = [
  ['Hi Amina', 'Hi Amina', 'Hi Amina'],
  ['', '', ''],
  ['Ng’ang’a', "Ng'ang'a", "Ng'ang'a"],
  ['“Sale” – 20 % off…', '"Sale" - 20 % off...', '"Sale" - 20 % off...'],
  ['«Soldes» à 5\u00a0€', '"Soldes" à 5 €', '"Soldes" à 5 €'],
  ['Mũgo wa Kĩbirũ', 'Mũgo wa Kĩbirũ', 'Mugo wa Kibiru'],
  ['Habari Mũgo’s', 'Habari Mũgo’s', "Habari Mugo's"],
  // The alphabet has é, ñ and Ç, and these stay; it lacks ç, á and ê.
  ['José Ñandú, Çelik', 'José Ñandú, Çelik', 'José Ñandu, Çelik'],
  ['façade, Ana\u0301', 'façade, Ana\u0301', 'facade, Ana'],
  ['Łukasz Đorđe', 'Łukasz Đorđe', 'Lukasz Dorde'],
  ['Œuvre, Ƙasa, Ɓala', 'Œuvre, Ƙasa, Ɓala', 'OEuvre, Kasa, Bala'],
  // Nothing is gained where another character forces UCS-2 in any case.
  ['It’s a party 🎉', 'It’s a party 🎉', 'It’s a party 🎉'],
  ['Привет, “друг”', 'Привет, “друг”', 'Привет, “друг”'],
  ['Mũgo 🎉', 'Mũgo 🎉', 'Mũgo 🎉'],
  ['₦500', '₦500', '₦500'],
]

describe('transliterate()', () => {
  for (const [text, punctuation, letters] of table)
    test(JSON.stringify(text), () => {
      expect(transliterate(text, 'none')).toBe(text)
      expect(transliterate(text, 'punctuation')).toBe(punctuation)
      expect(transliterate(text, 'letters')).toBe(letters)
    })

  test('changes nothing that would then take more parts', () => {
    const dots = '…'.repeat(70)
    expect(countParts(dots)).toBe(1)
    expect(transliterate(dots, 'letters')).toBe(dots)
  })

  test('never takes more parts, and changes a text only into one of the SMS alphabet', () => {
    const text = fc.array(
      fc.oneof(
        fc.constantFrom('’', '…', 'ũ', 'ç', 'é', '€', 'a', ' ', '🎉', 'я', '\u0301'),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(text, fc.constantFrom(...transliterations), (pieces, level) => {
        const before = pieces.join('')
        const after = transliterate(before, level)
        expect(countParts(after)).toBeLessThanOrEqual(countParts(before))
        if (after !== before) expect(isGsmText(after)).toBe(true)
        expect(transliterate(after, level)).toBe(after)
      }),
    )
  })
})

test('isGsmText() is true where each character is of the alphabet, as in the calculator of Twilio', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.boolean(), (text, latin) => {
      const asked = latin ? text.replace(/[^ -~]/g, 'é') : text
      expect(isGsmText(asked)).toBe([...asked].every(isGsm))
      if (asked.length > 0) expect(isGsmText(asked)).toBe(new SegmentedMessage(asked).encodingName === 'GSM-7')
    }),
  )
})

test('writePlainly() replaces what word processors put in, and leaves other letters', () => {
  expect(writePlainly('“It’s” – 5\u00a0€… Ünal я🎉')).toBe('"It\'s" - 5 €... Ünal я🎉')
})
