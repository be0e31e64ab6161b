import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { count, duration, percent, rate } from '../../tui/format.ts'
import { clean, cut, fit, widthOf, wrap } from '../../tui/text.ts'

/** Names from all over: wide, combining, emoji of several code points, right to left. */
const names = [
  'Amina',
  '新商品のお知らせ',
  'e\u0301te\u0301 🎉',
  '👩‍👩‍👧 Familie',
  'ويقطورية',
  'नमस्ते',
  '한국어',
  'Zürich',
  '',
]

describe('fit()', () => {
  test.each(names)('gives exactly as many cells as asked for: %s', (name) => {
    for (let width = 0; width < 24; width++) {
      expect([width, widthOf(fit(name, width)), widthOf(fit(name, width, 'right'))]).toEqual([width, width, width])
      expect(widthOf(cut(name, width))).toBeLessThanOrEqual(width)
    }
  })

  test('shows what was left out, and on which side the text stands', () => {
    expect([fit('Amina', 8), fit('Amina', 8, 'right'), fit('Amina', 4), fit('新商品', 4)]).toEqual([
      'Amina   ',
      '   Amina',
      'Ami…',
      '新… ',
    ])
  })

  test('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => widthOf(fit(text, width)) === width),
    )
  })
})

test('clean() takes out what would steer the terminal', () => {
  expect(clean('a\x1b[2Jb\nc\u202ed\u0007')).toBe('a [2Jb c d ')
  expect(clean('Zoë 🎉')).toBe('Zoë 🎉')
})

test('wrap() breaks between words, and within one that is too long', () => {
  expect(wrap('Hi Amina, it is back', 9)).toEqual(['Hi Amina,', 'it is', 'back'])
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  expect(wrap('新商品のお', 4)).toEqual(['新商', '品の', 'お'])
  expect(wrap('one\n\ntwo', 9)).toEqual(['one', '', 'two'])
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 20 }), (text, width) =>
      wrap(text, width).every((line) => widthOf(line) <= width),
    ),
  )
})

describe('figures', () => {
  test('are short where there is no room', () => {
    expect([count(1234567), count(1234567, 6), count(999), count(250_000_000, 5), count(12_345, 5)]).toEqual([
      '1,234,567',
      '1.2M',
      '999',
      '250M',
      '12.3k',
    ])
  })

  test('shares are never rounded to all or nothing', () => {
    expect([
      percent(0, 10),
      percent(10, 10),
      percent(9_999_999, 10_000_000),
      percent(1, 10_000_000),
      percent(1, 3),
      percent(0, 0),
    ]).toEqual(['0.0%', '100%', '99.9%', '<0.1%', '33.3%', '–'])
  })

  test('rates and times', () => {
    expect([rate(0), rate(0.5), rate(12.3), rate(20_000)]).toEqual(['0/s', '0.5/s', '12/s', '20,000/s'])
    expect([duration(0), duration(67), duration(3661), duration(190_000), duration(-5)]).toEqual([
      '0:00',
      '1:07',
      '1:01:01',
      '2d 4h',
      '0:00',
    ])
  })
})
