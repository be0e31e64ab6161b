import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openKeywords, type WrittenIntent } from '../../core/messaging/text/keywords/keywords.ts'
import { quickest } from '../support/quickest.ts'
import { written } from '../support/written.ts'

const { read } = openKeywords()
const rows = Object.entries(written).flatMap(([language, intents]) =>
  Object.entries(intents).flatMap(([intent, texts]) =>
    texts.map((text) => [language, text, intent as WrittenIntent] as const),
  ),
)
const stops = rows.filter(([, , intent]) => intent === 'stop').map(([, text]) => text)

describe('keywords', () => {
  test('the table has 300 texts in 8 languages, and odd ones', () => {
    expect(rows.length).toBeGreaterThanOrEqual(300)
    expect(Object.keys(written)).toHaveLength(9)
  })

  test.each(Object.keys(written))('each text of %s is read as the table says', (language) => {
    const texts = rows.filter(([of]) => of === language)
    const wrong = texts.filter(([, text, intent]) => read(text) !== intent)
    expect(wrong.map(([, text, intent]) => `${JSON.stringify(text)} is ${read(text)}, not ${intent}`)).toEqual([])
  })

  test('signs and spaces around a stop word change nothing', () => {
    const sign = fc.constantFrom(
      ' ',
      '\n',
      '.',
      '!',
      '"',
      '“',
      '”',
      '🙏',
      '😡',
      '(',
      ')',
      '…',
      '\u200d',
      '\ufe0f',
      '\u00a0',
      '*',
      '؟',
    )
    const signs = fc.array(sign, { maxLength: 4 }).map((list) => list.join(''))
    fc.assert(
      fc.property(fc.constantFrom(...stops), signs, signs, (word, before, after) => {
        expect(read(`${before}${word}${after}`)).toBe('stop')
      }),
    )
  })

  test('a stop word beside any other word is a near miss, and no automatic opt-out', () => {
    const other = fc.stringMatching(/^x[a-z]{2,8}$/)
    fc.assert(
      fc.property(other, fc.constantFrom('stop', 'Unsubscribe', 'end', 'ACHA'), (word, stop) => {
        expect(read(`${word} ${stop}`)).toBe('near_stop')
        expect(read(`${stop}, ${word}!`)).toBe('near_stop')
      }),
    )
  })

  test('words of the installation count in addition, and none of them takes STOP away', () => {
    const own = openKeywords({ stop: ['*456*9*5#', 'Hapana', '  '], start: ['YES'], help: ['STOP'] })
    expect(own.read('hapana!')).toBe('stop')
    expect(own.read('nasema hapana leo')).toBe('near_stop')
    expect(own.read('*456*9*5#')).toBe('stop')
    expect(own.read('yes')).toBe('start')
    expect(own.read('STOP')).toBe('stop')
    expect(read('yes')).toBe('other')
    expect(own.read('acha')).toBe('stop')
  })

  test('any text is read, at once', async () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }), (units) => {
        const text = String.fromCharCode(...units)
        expect(['stop', 'start', 'help', 'near_stop', 'other']).toContain(read(text))
      }),
    )
    const run = () => [read('stop by '.repeat(700)), read('S '.repeat(2500))]
    expect(await quickest(200, run)).toBeLessThan(200)
  })
})
