/** Templates with attributes: values, formats by language, warnings. */
import { describe, expect, test } from 'bun:test'
import type { AttributeTypes } from '../../core/messaging/contacts/attributes.ts'
import { mayNameAttribute } from '../../core/messaging/text/placeholder.ts'
import { columnsOf, compileProviderTemplate } from '../../core/messaging/text/provider-template.ts'
import { countSegments } from '../../core/messaging/text/segments.ts'
import { compileTemplate, type TemplateCustomer, warnings } from '../../core/messaging/text/template.ts'

const attributes: AttributeTypes = new Map([
  ['points', 'number'],
  ['loyalty_points', 'number'],
  ['due', 'date'],
  ['member', 'boolean'],
  ['city', 'text'],
  ['constructor', 'text'],
])
const amina: TemplateCustomer = {
  first_name: 'Amina',
  language: null,
  attributes: { points: 1234567.891, loyalty_points: 0, due: '2030-01-31', member: false, city: '{first_name}' },
}
const compile = (text: string, language?: string) => compileTemplate(text, { attributes, language })
const render = (text: string, customer = amina, language?: string) => compile(text, language).render(customer)
const warningsOf = (text: string) => warnings(compile(text))

describe('render()', () => {
  test.each([
    ['{points}', '1234567.891'],
    ['{attributes.points}', '1234567.891'],
    ['{ points }', '1234567.891'],
    ['{loyalty_points|none}', '0'],
    ['{due}', '2030-01-31'],
    ['{member|x}', 'false'],
    ['{city}', '{first_name}'],
    ['{constructor|none}', 'none'],
    ['{due:date}', 'January 31, 2030'],
    ['{ due : date |soon}', 'January 31, 2030'],
    ['{attributes.points:number}', '1,234,567.891'],
    ['{first_name}: {points:number}!', 'Amina: 1,234,567.891!'],
  ])('fills %p', (text, expected) => expect(render(text)).toBe(expected))

  test.each([
    ['{points|0}', '0'],
    ['{points}', ''],
    ['{points:number|no points}', 'no points'],
    ['{attributes.due:date|soon}', 'soon'],
  ])('uses the fallback of %p where there is no value', (text, expected) => {
    for (const customer of [{}, { attributes: null }, { attributes: {} }]) expect(render(text, customer)).toBe(expected)
  })

  test.each([['{points}'], ['{attributes.points|0}'], ['{due:date}']])(
    'leaves %p as it is where it is not declared',
    (text) => expect(compileTemplate(text).render(amina)).toBe(text),
  )

  test.each<[string, string, string, string]>([
    ['en', '1,234,567.891', 'January 31, 2030', 'GSM-7'],
    ['en-KE', '1,234,567.891', '31 January 2030', 'GSM-7'],
    ['de', '1.234.567,891', '31. Januar 2030', 'GSM-7'],
    ['sw', '1,234,567.891', '31 Januari 2030', 'GSM-7'],
    // Spaces that an SMS cannot have are plain ones.
    ['fr', '1 234 567,891', '31 janvier 2030', 'GSM-7'],
    ['ar-EG', '١٬٢٣٤٬٥٦٧٫٨٩١', '٣١ يناير ٢٠٣٠', 'UCS-2'],
  ])('writes numbers and dates as in %s', (language, number, date, encoding) => {
    const text = render('{points:number} {due:date}', { ...amina, language })
    expect(text).toBe(`${number} ${date}`)
    expect(render('{points:number} {due:date}', amina, language)).toBe(text)
    expect(countSegments(text).encoding).toBe(encoding as never)
  })

  test('writes as in the default language where the customer’s own is unknown or none', () => {
    expect(render('{points:number}', { ...amina, language: 'x' }, 'de')).toBe('1,234,567.891')
    expect(render('{points:number}', { ...amina, language: null }, 'de')).toBe('1.234.567,891')
    expect(render('{points:number}', { ...amina, language: 'fr' }, 'de')).toBe('1 234 567,891')
  })

  test('keeps a value of another type than its format', () => {
    const odd = { attributes: { points: 'many', due: '2030-02-31' } }
    expect(render('{points:number} {due:date}', odd)).toBe('many 2030-02-31')
  })
})

describe('warnings()', () => {
  test.each([
    ['{poits}', 'did you mean "{points}"?'],
    ['{Points}', 'did you mean "{points}"?'],
    ['{loyalty points}', 'did you mean "{loyalty_points}"?'],
    ['{attributes.poits|0}', 'did you mean "{points}"?'],
    ['{attributes.first_name}', 'did you mean "{first_name}"?'],
    ['{poits:number}', 'did you mean "{points:number}"?'],
    ['{points:date}', 'did you mean "{points:number}"?'],
    ['{due:datum}', 'did you mean "{due:date}"?'],
    ['{city:number}', 'did you mean "{city}"?'],
    ['{first_name:date}', 'did you mean "{first_name}"?'],
    ['{age}', '{prefered_product}, {points}, {loyalty_points}, {due}, {member}, {city}, {constructor}'],
    ['{end:date}', 'use one of'],
  ])('of %p says %p', (text, hint) => {
    expect(warningsOf(text)).toEqual([expect.stringContaining(hint)])
    expect(render(text)).toBe(text)
  })

  test.each([
    ['{{points}}', 'write {points}'],
    ['{"points"}', 'write {points}'],
    ['{points', 'write {points}'],
    ['{{loyalty_points}}', 'write {loyalty_points}'],
    ['%loyalty_points%', 'write {loyalty_points}'],
    ['[loyalty_points]', 'write {loyalty_points}'],
    ['<loyalty_points>', 'write {loyalty_points}'],
    ['$loyalty_points', 'write {loyalty_points}'],
    ['loyalty_points}', 'write {loyalty_points}'],
    ['｛points｝', 'write {points}'],
    ['{{due:date}}', 'write {due:date}'],
  ])('of the spoilt %p says %p', (text, hint) => {
    expect(warningsOf(text)).toEqual([expect.stringContaining(hint)])
    if (!text.includes('{{')) expect(render(text)).toBe(text)
  })

  test.each([
    ['Points: [due] <city> %member% $points'],
    ['https://example.org/?loyalty_points=[loyalty_points]='],
    ['{note: see below} {a:b} {due, soon, please, really}'],
  ])('says nothing of %p', (text) => expect(warningsOf(text)).toEqual([]))

  test('names at most twenty names', () => {
    const many = new Map(Array.from({ length: 100 }, (_, n) => [`attribute_${n}`, 'text'] as const))
    const [text = ''] = warnings(compileTemplate('{zzzzzz}', { attributes: many }))
    expect(text.match(/\{/g)).toHaveLength(21)
    expect(text).toEndWith(', ...')
  })

  test('of text without attributes are as they were', () => {
    expect(warnings(compileTemplate('{due:date} {a:b} {points:other}'))).toEqual([
      'Unknown placeholder "{due:date}": use one of {first_name}, {last_name}, {phone}, {location}, {prefered_product}',
    ])
  })
})

test('hostile names take no more than linear time', () => {
  const start = performance.now()
  const many = new Map(Array.from({ length: 100 }, (_, n) => [`a_${'b_'.repeat(15)}${n}`, 'text'] as const))
  for (const text of [
    '{a_'.repeat(300_000),
    `{${'a '.repeat(300_000)}}`,
    '{a:'.repeat(300_000),
    '%a_b_'.repeat(200_000),
  ])
    compileTemplate(text, { attributes: many })
  expect(performance.now() - start).toBeLessThan(20_000)
})

describe('columnsOf()', () => {
  const columns = (text: string, ...parameters: string[]) =>
    columnsOf([compile(text), compileProviderTemplate({ name: 'x', language: 'en', parameters }, { attributes })])
  test('has attributes and the language only where a text needs them', () => {
    expect(columns('Hi {first_name} {nope}')).toEqual(['first_name'])
    expect(columns('{points}')).toEqual(['attributes'])
    expect(columns('{first_name} {points:number}')).toEqual(['first_name', 'attributes', 'language'])
    expect(columns('Hi', '{location}', '{due:date}')).toEqual(['location', 'attributes', 'language'])
    expect(columnsOf([compile('Hi')], true)).toEqual(['language'])
  })
})

test('parameters of an approved template are filled in by language', () => {
  const template = { name: 'x', language: 'en', parameters: ['{points:number}', '{due:date|soon}'] }
  const { fill, attributes: used } = compileProviderTemplate(template, { attributes })
  expect(fill({ ...amina, language: 'fr' }).parameters).toEqual(['1 234 567,891', '31 janvier 2030'])
  expect(used).toEqual(['points', 'due'])
})

test.each([
  ['Hi {first_name|there}, {preferred_product|a (new) one}', false],
  ['Hi', false],
  ['{points}', true],
  ['{{first_name}}', true],
  ['100 % of $5', true],
  ['loyalty_points}', true],
])('%p may name an attribute: %p', (text, expected) => expect(mayNameAttribute(text)).toBe(expected))
