import { expect, test } from 'bun:test'
import type { AttributeType } from '../../core/messaging/contacts/attributes.ts'
import { chooseColumns } from '../../core/messaging/contacts/csv/choose.ts'
import { openCsvReader } from '../../core/messaging/contacts/csv/reader.ts'
import { openChecker } from '../../plugins/console/web/csv/check.ts'
import {
  columnsOf,
  guessMapping,
  type Mapping,
  mapColumn,
  nameProblem,
  newAttributeOf,
  newAttributes,
  typesOf,
} from '../../plugins/console/web/csv/mapping.ts'
import { refusedCsv } from '../../plugins/console/web/csv/refused-rows.tsx'
import { csvOf } from '../../plugins/console/web/csv/upload.ts'

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

test('columns become attributes that are there, or new ones, and the file that is sent says the same', () => {
  const declared = new Map<string, AttributeType>([['points', 'number']])
  const names = ['Mobile', 'Points', 'Birthday', 'Tags', 'Shoe size', 'Language', 'Member']
  const guess = guessMapping(names, declared)
  expect(guess.columns).toEqual(['phone', 'attributes.points', undefined, 'tags', undefined, 'language', undefined])
  const birthday = newAttributeOf('Birthday', ['1990-01-31', ' ', '2001-12-01'])
  expect(birthday).toEqual({ name: 'birthday', type: 'date' })
  expect(newAttributeOf('Shoe size', ['42', 'small'])).toEqual({ name: 'shoe_size', type: 'text' })
  let mapping: Mapping = mapColumn(guess.columns, 2, birthday)
  mapping = mapColumn(mapping, 6, newAttributeOf('Member', ['true', 'false']))
  expect(newAttributes(mapping).map(({ type }) => type)).toEqual(['date', 'boolean'])
  const columns = columnsOf(mapping)
  const types = typesOf(mapping, declared)
  const checker = openChecker('KE', types)
  const reader = openCsvReader(() => columns)
  const lines = [
    names.join(','),
    '0712345678,120,1990-01-31,"vip, new",42,sw,true',
    '0712345679,,,,,,',
    '0712345680,many,,,,,',
    '0712345681,1,31.1.1990,,,,',
  ]
  checker.add(reader.push(new TextEncoder().encode(lines.join('\n'))))
  checker.add(reader.end())
  const { rows, refused } = checker.result()
  expect(refused.map(({ line, reason }) => [line, reason.split(' ')[0]])).toEqual([
    [4, 'attributes.points'],
    [5, 'attributes.birthday'],
  ])
  // As the API reads it.
  const sent = openCsvReader((given) => chooseColumns(given, { attributes: types, declare: false }))
  const again = openChecker('KE', types)
  again.add(sent.push(new TextEncoder().encode(csvOf({ rows, columns }).join(''))))
  again.add(sent.end())
  expect([...again.result().rows.values()]).toEqual([...rows.values()])
  expect(rows.get('+254712345678')).toMatchObject({
    tags: ['vip', 'new'],
    language: 'sw',
    attributes: { points: 120, birthday: '1990-01-31', member: true },
  })
})

test('a new attribute needs a name of its own', () => {
  const declared = new Map<string, AttributeType>([['points', 'number']])
  const problemOf = (...given: string[]) =>
    nameProblem(
      given.map((name) => ({ name, type: 'text' })),
      0,
      declared,
    )
  expect(problemOf('')).toContain('Give')
  expect(problemOf('points')).toContain('there already')
  expect(problemOf('Shoe')).toContain('lower-case')
  expect(problemOf('location')).toContain('every customer')
  expect(problemOf('shoe', 'shoe')).toContain('Another column')
  expect(problemOf('shoe', 'size')).toBeUndefined()
  expect(nameProblem(['phone'], 0, declared)).toBeUndefined()
})
