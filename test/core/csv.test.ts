import { describe, expect, test } from 'bun:test'
import { csvCell, csvLine, csvPhone } from '../../core/csv.ts'

describe('csvCell()', () => {
  test.each([
    ['Amina', 'Amina'],
    [null, ''],
    [0, '0'],
    [-5, '-5'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    [' padded ', '" padded "'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['a=1', 'a=1'],
    ['Ünal 🎉', 'Ünal 🎉'],
  ] as const)('%p is written as %p', (value, written) => {
    expect(csvCell(value)).toBe(written)
  })
})

test('csvPhone() leaves a phone as it is, and nothing else', () => {
  expect([csvPhone('+254712345678'), csvPhone(null), csvPhone('+1;=cmd'), csvPhone('=1')]).toEqual([
    '+254712345678',
    '',
    "'+1;=cmd",
    "'=1",
  ])
})

test('csvLine() ends a line as RFC 4180 has it', () => {
  expect(csvLine(['a', '', 'b'])).toBe('a,,b\r\n')
})
