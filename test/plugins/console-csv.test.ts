import { expect, test } from 'bun:test'
import { openCsvReader } from '../../core/messaging/contacts/csv/reader.ts'
import { openChecker } from '../../plugins/console/web/csv/check.ts'
import { mapColumn } from '../../plugins/console/web/csv/mapping.ts'
import { refusedCsv } from '../../plugins/console/web/csv/refused-rows.tsx'

test('a field stands for one column only', () => {
  expect(mapColumn(['phone', undefined], 1, 'phone')).toEqual([undefined, 'phone'])
  expect(mapColumn(['phone', 'location'], 1, undefined)).toEqual(['phone', undefined])
})

test('a checker takes each phone once, and says of every other row why it does not', () => {
  const checker = openChecker('KE')
  const rows = [
    { phone: '0712345678', first_name: 'Amina', location: 'Nairobi' },
    { phone: '+254 712 345 678', first_name: 'Asha' },
    { phone: '12', first_name: 'Short' },
    { first_name: 'None' },
    { phone: '0712345679', first_name: 'x'.repeat(201) },
    { phone: '0712345679', first_name: 'M\ufffdller' },
    { phone: '0712345679', first_name: 'a\0b' },
    { phone: '0712345679' },
  ].map((values, nth) => ({ line: nth + 2, values }))
  checker.add(rows.slice(0, 3))
  checker.add(rows.slice(3))
  checker.add([{ line: 10, values: {}, problem: 'A quote is not closed', cells: ['"x'] }])
  const { rows: ready, refused, repeated, total } = checker.result()
  expect([...ready.values()]).toMatchObject([
    { phone: '+254712345678', first_name: 'Asha', location: 'Nairobi' },
    { phone: '+254712345679', first_name: null },
  ])
  expect([total, ready.size, refused.length, repeated]).toEqual([9, 2, 6, 1])
  expect(refused.map(({ line, reason }) => [line, reason])).toEqual([
    [4, expect.stringContaining('too short')],
    [5, 'The phone is missing'],
    [6, 'first_name must be at most 200 characters long'],
    [7, expect.stringContaining('CSV UTF-8')],
    [8, expect.stringContaining('NUL')],
    [10, 'A quote is not closed'],
  ])
})

test('refused rows are saved as they stood, behind their line and reason, and may be imported once they are mended', () => {
  const csv = refusedCsv(
    ['Mobile', 'First name'],
    [{ line: 3, reason: 'Too short, by far', cells: ['+25412', '=1+1', 'more'] }],
  )
  expect(csv).toBe('line,reason,Mobile,First name\r\n3,"Too short, by far",+25412,\'=1+1,more\r\n')
  const reader = openCsvReader(() => [undefined, undefined, 'phone', 'first_name'])
  reader.push(new TextEncoder().encode(csv.replace(',more', '')))
  expect(reader.end().map(({ values }) => values)).toEqual([{ phone: '+25412', first_name: '=1+1' }])
})
