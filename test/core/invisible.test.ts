import { describe, expect, test } from 'bun:test'
import { isBlank, tidy } from '../../core/text/invisible.ts'

const named: readonly (readonly [string, number])[] = [
  ['no-break space', 0xa0],
  ['soft hyphen', 0xad],
  ['combining grapheme joiner', 0x34f],
  ['Mongolian vowel separator', 0x180e],
  ['zero width space', 0x200b],
  ['zero width non-joiner', 0x200c],
  ['zero width joiner', 0x200d],
  ['left-to-right mark', 0x200e],
  ['right-to-left mark', 0x200f],
  ['line separator', 0x2028],
  ['left-to-right embedding', 0x202a],
  ['pop directional formatting', 0x202c],
  ['right-to-left override', 0x202e],
  ['narrow no-break space', 0x202f],
  ['word joiner', 0x2060],
  ['first strong isolate', 0x2068],
  ['braille blank', 0x2800],
  ['ideographic space', 0x3000],
  ['Hangul filler', 0x3164],
  ['variation selector 14', 0xfe0d],
  ['emoji variation selector', 0xfe0f],
  ['byte order mark', 0xfeff],
  ['tag', 0xe0001],
  ['variation selector 17', 0xe0100],
]

describe('tidy()', () => {
  test.each(named)('%s does not tell texts apart', (_, code) => {
    const sign = String.fromCodePoint(code)
    expect(tidy(`${sign}Phone${sign} ${sign}number${sign}`)).toBe('Phone number')
  })

  test('every space separator and format character is gone; every letter, digit and sign stays', () => {
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue
      const sign = String.fromCodePoint(code)
      if (/[\p{Z}\p{Cf}]/u.test(sign) && tidy(`a${sign}`) !== 'a') expect(code.toString(16)).toBe('removed')
      if (code !== 0x2800 && /[\p{L}\p{N}\p{S}\p{P}]/u.test(sign) && !/\p{Default_Ignorable_Code_Point}/u.test(sign))
        if (tidy(sign) !== sign) expect(code.toString(16)).toBe('kept')
    }
  })

  test('runs of blanks are one space', () => {
    expect(tidy('  a  b\t\n\u00a0c ')).toBe('a b c')
    expect(['', ' ', '\u200b', 'a', 'a  b'].map(tidy)).toEqual(['', '', '', 'a', 'a b'])
  })
})

describe('isBlank()', () => {
  test.each(named)('%s shows nothing', (_, code) => {
    const sign = String.fromCodePoint(code)
    expect([isBlank(sign), isBlank(` ${sign}`), isBlank(`${sign}x`)]).toEqual([true, true, false])
  })

  test('is true for every text that tidy() leaves nothing of, and for no other', () => {
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code)
      for (const text of [character, ` ${character}`, `${character} `, `${character}x`])
        if (isBlank(text) !== (tidy(text) === '')) expect(text).toBe(`U+${code.toString(16)}`)
    }
    expect(isBlank('')).toBe(true)
  })

  test('emoji and joined letters show something', () =>
    expect(['\u2764\ufe0f', '\u{1f469}\u200d\u{1f680}', '\u0645\u06cc\u200c\u062e'].some(isBlank)).toBe(false))
})
