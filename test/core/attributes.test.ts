/** Values of attributes, tags, languages and time zones, as JSON and files have them. */
import { describe, expect, test } from 'bun:test'
import {
  type AttributeType,
  attributeNameOf,
  attributeNameProblem,
  inferType,
  isDate,
  parseAttribute,
  readAttribute,
} from '../../core/messaging/contacts/attributes.ts'
import { parseLanguage, readLanguage, readTimeZone } from '../../core/messaging/contacts/locale.ts'
import { joinTags, readTags, splitTags } from '../../core/messaging/contacts/tags.ts'

describe('a name of an attribute', () => {
  test.each([['points'], ['a'], ['x1_2'], ['constructor'], ['a'.repeat(40)]])('may be %j', (name) =>
    expect(attributeNameProblem(name)).toBeUndefined(),
  )
  test.each([[''], ['Points'], ['1st'], ['_a'], ['a-b'], ['a b'], ['é'], ['points\n'], ['a'.repeat(41)]])(
    'must not be %j',
    (name) => expect(attributeNameProblem(name)).toContain('such as loyalty_points'),
  )
  test.each([['phone'], ['first_name'], ['firstname'], ['preferred_product'], ['tags'], ['time_zone'], ['timezone']])(
    'must not be that of the field %j',
    (name) => expect(attributeNameProblem(name)).toContain('every customer has'),
  )
  test.each([
    ['Points', 'points'],
    ['attributes.points', 'points'],
    ['Attributes.Points', 'points'],
    [' Loyalty  points ', 'loyalty_points'],
    // A letter without a plain form cannot stand in a name.
    ['Größe (cm)', undefined],
    ['Prénom', 'prenom'],
    ['2nd phone', undefined],
    ['First name', undefined],
    ['الاسم', undefined],
    ['', undefined],
  ])('of the column %j is %j', (column, name) => expect(attributeNameOf(column)).toBe(name))
})

const problem = (type: AttributeType, value: unknown) => {
  const read = readAttribute(type, value)
  return 'problem' in read ? read.problem : undefined
}

describe('a value of JSON', () => {
  test.each<[AttributeType, unknown]>([
    ['text', 'Nairobi'],
    ['text', 'x'.repeat(200)],
    ['number', 0],
    ['number', -12.5],
    ['number', 1e308],
    ['boolean', false],
    ['date', '2028-02-29'],
    ['date', '0001-01-01'],
    ['text', null],
    ['number', null],
  ])('is taken as %s: %j', (type, value) => expect(readAttribute(type, value)).toEqual({ value: value as never }))

  test.each<[AttributeType, unknown, string]>([
    ['text', 5, 'is not text; give it in quotes, such as "Nairobi"'],
    ['text', {}, 'is not text; give it in quotes, such as "Nairobi"'],
    ['text', 'x'.repeat(201), 'must be at most 200 characters long'],
    ['text', 'a\0b', 'must not hold the NUL character (U+0000)'],
    ['number', 'abc', 'is not a number; give a number such as 12.5'],
    ['number', '12', 'is not a number; give a number such as 12.5'],
    ['number', Number.POSITIVE_INFINITY, 'is not a number; give a number such as 12.5'],
    ['number', true, 'is not a number; give a number such as 12.5'],
    ['boolean', 'true', 'is not true or false; give one of them'],
    ['boolean', 1, 'is not true or false; give one of them'],
    ['date', '2027-02-29', 'is not a day of the calendar; give a date such as 2030-01-31'],
    ['date', '2027-2-1', 'is not a day of the calendar; give a date such as 2030-01-31'],
    ['date', '0000-01-01', 'is not a day of the calendar; give a date such as 2030-01-31'],
    ['date', '2027-01-01T00:00:00Z', 'is not a day of the calendar; give a date such as 2030-01-31'],
    ['date', 20270101, 'is not a day of the calendar; give a date such as 2030-01-31'],
  ])('is refused as %s: %j', (type, value, message) => expect(problem(type, value)).toBe(message))

  test.each([[''], ['  '], ['\u200b']])('is none where the text shows nothing: %j', (value) =>
    expect(readAttribute('text', value)).toEqual({ value: null }),
  )
})

describe('a value of a file', () => {
  test.each<[AttributeType, unknown, unknown]>([
    ['text', ' Nairobi ', 'Nairobi'],
    ['text', '007', '007'],
    ['text', 5, '5'],
    ['text', true, 'true'],
    ['number', ' 12.50 ', 12.5],
    ['number', '+7', 7],
    ['number', '.5', 0.5],
    ['number', '1e3', 1000],
    ['number', '007', 7],
    ['number', 7, 7],
    ['boolean', 'TRUE', true],
    ['boolean', 'no', false],
    ['boolean', '1', true],
    ['boolean', false, false],
    ['date', ' 2030-01-31', '2030-01-31'],
    ['number', ' ', null],
  ])('is %s: %j is %j', (type, given, value) => expect(parseAttribute(type, given)).toEqual({ value: value as never }))

  test.each<[AttributeType, unknown]>([
    ['number', '1,234'],
    ['number', '12 KES'],
    ['number', '0x10'],
    ['number', 'Infinity'],
    ['number', 'NaN'],
    ['number', '1e999'],
    ['boolean', 'maybe'],
    ['boolean', 2],
    ['date', '31/01/2030'],
    ['date', '2030-02-30'],
    ['text', ['a']],
    ['text', {}],
  ])('is no %s: %j', (type, given) => expect(parseAttribute(type, given)).toHaveProperty('problem'))
})

test.each<[readonly unknown[], AttributeType]>([
  [['1', '2.5', '-3', '0'], 'number'],
  [[1, 2.5], 'number'],
  [['1', '02'], 'text'],
  [['0712345678'], 'text'],
  [['1234567890123456'], 'text'],
  [['1', 'a'], 'text'],
  [[1, '2'], 'text'],
  [['true', 'FALSE'], 'boolean'],
  [[true, false], 'boolean'],
  [['yes', 'no'], 'text'],
  [['2030-01-31', '2028-02-29'], 'date'],
  [['2030-01-31', '2027-02-29'], 'text'],
  [[], 'text'],
])('values %j are of the type %s', (values, type) => expect(inferType(values)).toBe(type))

test('a date is one of the calendar', () => {
  const days = ['2000-02-29', '1900-02-28', '9999-12-31']
  const none = ['1900-02-29', '2030-13-01', '2030-00-10', '2030-04-31', '2030-1-1', '', '2030-01-01 ']
  expect([...days, ...none].filter(isDate)).toEqual(days)
})

describe('tags', () => {
  test('are in lower case, with single blanks, each once, in their order', () => {
    expect(readTags(['VIP', ' vip ', 'New  customer', 'Ünal'])).toEqual({ tags: ['vip', 'new customer', 'ünal'] })
    expect(splitTags('a; b ,,c;')).toEqual(['a', ' b ', 'c'])
    expect(joinTags(['a', 'b c'])).toBe('a;b c')
  })
  test.each([
    [['a', ' '], { nth: 1, problem: 'must not be empty' }],
    [['a;b'], { nth: 0, problem: 'must not contain a comma or a semicolon, which separate tags' }],
    [['x'.repeat(51)], { nth: 0, problem: 'must be at most 50 characters long' }],
    [Array.from({ length: 51 }, (_, n) => `t${n}`), { problem: 'must hold at most 50 tags' }],
  ])('are refused with the place: %#', (given, expected) => expect(readTags(given)).toEqual(expected))
})

describe('a language', () => {
  test.each([
    ['en', 'en'],
    ['EN-ke', 'en-KE'],
    ['sw_TZ', 'sw-TZ'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    [' fr ', 'fr'],
  ])('%j is %j', (text, value) => expect(readLanguage(text)).toEqual({ value }))
  test.each([['english'], ['e'], [''], ['en--US'], ['123'], ['en-'], [`en-${'a'.repeat(40)}`], ['en US']])(
    '%j is none',
    (text) => expect(readLanguage(text)).toHaveProperty('problem', expect.stringContaining('such as sw')),
  )
  test('may have its English name in a file', () => {
    expect(['English', ' swahili', 'en_KE'].map((text) => parseLanguage(text))).toEqual([
      { value: 'en' },
      { value: 'sw' },
      { value: 'en-KE' },
    ])
    expect(parseLanguage('Klingonish')).toHaveProperty('problem')
  })
})

describe('a time zone', () => {
  test.each([
    ['Africa/Nairobi', 'Africa/Nairobi'],
    ['africa/nairobi', 'Africa/Nairobi'],
    ['AMERICA/ARGENTINA/BUENOS_AIRES', 'America/Argentina/Buenos_Aires'],
    ['UTC', 'UTC'],
  ])('%j is %j', (text, value) => expect(readTimeZone(text)).toEqual({ value }))
  test.each([['Nairobi'], ['+03:00'], ['Africa/Nowhere'], [''], ['Africa/'], ['a'.repeat(70)]])('%j is none', (text) =>
    expect(readTimeZone(text)).toHaveProperty('problem', expect.stringContaining('Africa/Nairobi')),
  )
})
