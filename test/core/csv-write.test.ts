import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openParser } from '../../core/messaging/contacts/csv/parse.ts'
import { csvCell, csvLine, csvPhone, unguarded } from '../../core/messaging/contacts/csv/write.ts'

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
    ['\t=1', '"\'\t=1"'],
    ['\n=1', '"\'\n=1"'],
    ['\r\n=1', '"\'\r\n=1"'],
    ['\tx', '"\'\tx"'],
    ['\nx', '"\'\nx"'],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    [' =1', "' =1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['\u200b=1', "'\u200b=1"],
    ['\ufeff=1', "'\ufeff=1"],
    [',=1', '"\',=1"'],
    [';=1', '"\';=1"'],
    ['"=1', '"\'""=1"'],
    ['", =1', '"\'"", =1"'],
    ["'=1", "''=1"],
    ['a;b', '"a;b"'],
    ['a|b', '"a|b"'],
    ["O'Brien", "O'Brien"],
    ["'Okello", "'Okello"],
    ['Anne-Marie', 'Anne-Marie'],
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
    '"\'+1;=cmd"',
    "'=1",
  ])
})

test('csvLine() ends a line as RFC 4180 has it', () => {
  expect(csvLine(['a', '', 'b'])).toBe('a,,b\r\n')
})

test('whatever is written is read back the same, and no cell begins a formula', () => {
  const sly = fc.string({ unit: fc.constantFrom(...'=+-@＝＠\'",;|\t\r\n \u200b\u00a0a1é'), maxLength: 8 })
  fc.assert(
    fc.property(fc.array(fc.oneof(sly, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 5 }), (values) => {
      let read: readonly string[] = []
      const parser = openParser(',', ({ cells }) => {
        read = cells
      })
      parser.push(csvLine(values.map(csvCell)))
      parser.end()
      expect(read.map(unguarded)).toEqual(values)
      for (const cell of read) expect(cell).not.toMatch(/^[\s\p{Cf},;|"]*[=+\-@＝＋－＠]|^[\t\r\n]/u)
    }),
    { numRuns: 2000 },
  )
})
