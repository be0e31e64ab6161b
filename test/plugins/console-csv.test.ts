import { describe, expect, test } from 'bun:test'
import { openChecker } from '../../plugins/console/web/csv/check.ts'
import { guessMapping, mapColumn } from '../../plugins/console/web/csv/mapping.ts'

describe('guessMapping()', () => {
  test.each([
    [
      ['phone', 'first_name', 'last_name', 'location', 'prefered_product'],
      ['phone', 'first_name', 'last_name', 'location', 'prefered_product'],
    ],
    [
      ['Name', 'Mobile Number', 'City', 'E-mail'],
      ['first_name', 'phone', 'location', ''],
    ],
    [
      ['First Name', 'Name', 'MSISDN'],
      ['first_name', '', 'phone'],
    ],
    [
      ['a', 'b'],
      ['', ''],
    ],
    [
      ['Phone', 'phone', ''],
      ['phone', '', ''],
    ],
  ] as const)('%p', (names, mapping) => {
    expect(guessMapping(names)).toEqual([...mapping])
  })

  test('a field stands for one column only', () => {
    expect(mapColumn(['phone', ''], 1, 'phone')).toEqual(['', 'phone'])
    expect(mapColumn(['phone', 'location'], 1, '')).toEqual(['phone', ''])
  })
})

test('a checker takes each phone once, and says of every other row why it does not', () => {
  const checker = openChecker(['phone', 'first_name', '', 'location'], 'KE')
  const lines = [
    ['0712345678', 'Amina', 'x', 'Nairobi'],
    ['+254 712 345 678', 'Asha', 'x', ''],
    ['12', 'Short'],
    ['', 'None'],
    ['0712345679', 'x'.repeat(201)],
    ['0712345679', 'M\ufffdller'],
    ['0712345679', 'a\0b'],
    ['0712345679'],
  ].map((cells, nth) => ({ line: nth + 2, cells }))
  checker.add(lines.slice(0, 3))
  checker.add(lines.slice(3))
  const { rows, refused, refusedCount, repeated } = checker.result()
  expect([...rows.values()]).toEqual([
    { phone: '+254712345678', first_name: 'Asha', location: 'Nairobi' },
    { phone: '+254712345679' },
  ])
  expect([refusedCount, repeated]).toEqual([5, 1])
  expect(refused.map(({ line, reason }) => [line, reason])).toEqual([
    [4, expect.stringContaining('too short')],
    [5, 'The phone is missing'],
    [6, 'first_name is longer than 200 characters'],
    [7, expect.stringContaining('CSV UTF-8')],
    [8, expect.stringContaining('NUL')],
  ])
})
