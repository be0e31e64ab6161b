import { describe, expect, test } from 'bun:test'
import naughty from 'big-list-of-naughty-strings'
import fc from 'fast-check'
import { compileTemplate, type TemplateCustomer, templateFields, warnings } from '../../core/messaging/text/template.ts'
import { isBlank } from '../../core/text/invisible.ts'

const amina: TemplateCustomer = {
  first_name: 'Amina',
  last_name: 'Otieno',
  phone: '+254712345678',
  location: null,
  prefered_product: 'Running shoes',
}
const render = (text: string, customer = amina) => compileTemplate(text).render(customer)

describe('render()', () => {
  test.each([
    ['Hi {first_name} {last_name}!', 'Hi Amina Otieno!'],
    ['{phone}', '+254712345678'],
    ['{prefered_product}, {preferred_product}', 'Running shoes, Running shoes'],
    ['{first_name}{first_name}', 'AminaAmina'],
    ['', ''],
    ['no fields', 'no fields'],
  ])('fills %p', (text, expected) => expect(render(text)).toBe(expected))

  test.each([
    ['{location}', ''],
    ['{location|}', ''],
    ['{location|your town}', 'your town'],
    ['{first_name|there}', 'Amina'],
    ['{location| a | b }', ' a | b '],
    ['{location|line\nbreak}', 'line\nbreak'],
    ['{ first_name }{\tlocation |x}', 'Aminax'],
  ])('uses the fallback of %p only where there is no value', (text, expected) => expect(render(text)).toBe(expected))

  test.each([[null], [undefined], [''], ['  '], ['\t\n\u00a0']])('takes %p for no value', (first_name) => {
    expect(render('{first_name|there}', { first_name })).toBe('there')
    expect(render('{first_name}', { first_name })).toBe('')
  })

  test('takes a missing key for no value, and keeps white space around a value', () => {
    expect(render('{first_name|there}', {})).toBe('there')
    expect(render('[{first_name|there}]', { first_name: ' A ' })).toBe('[ A ]')
  })

  test.each([
    ['{}'],
    ['{ }'],
    ['{|x}'],
    ['{'],
    ['}'],
    ['{first_name'],
    ['first_name}'],
    ['{1}'],
    ['{see below}'],
    ['{first_name|{}'],
    ['{"a": 1}'],
    ['{__proto__}'],
    ['{constructor}'],
  ])('leaves %p as it is', (text) => expect(render(text)).toBe(text))

  test.each([
    ['{{first_name}}', '{Amina}'],
    ['{first_name|a{last_name}b}', '{first_name|aOtienob}'],
    ['{first_name}}', 'Amina}'],
    ['{ {first_name}', '{ Amina'],
    ['{nope} {first_name}', '{nope} Amina'],
  ])('finds the placeholder in %p', (text, expected) => expect(render(text)).toBe(expected))

  test('never reads a value as a template, nor as a replacement pattern', () => {
    for (const value of ['{last_name}', '{', '}', '$&', '$1', '{location|x}', ...naughty]) {
      const filled = isBlank(value) ? '' : value
      expect(render('<{first_name}|{last_name}>', { first_name: value, last_name: value })).toBe(
        `<${filled}|${filled}>`,
      )
    }
  })

  test('equals joining its parts, for any parts', () => {
    const text = fc.string({ unit: 'binary' }).map((s) => s.replace(/[{}]/g, ''))
    const value = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...naughty)))
    const part = fc.record({ before: text, field: fc.constantFrom(...templateFields), fallback: fc.option(text) })
    const customers = fc.record(Object.fromEntries(templateFields.map((field) => [field, value])))
    fc.assert(
      fc.property(fc.array(part), text, customers, (parts, end, customer: TemplateCustomer) => {
        const written = parts.map((p) => `${p.before}{${p.field}${p.fallback === null ? '' : `|${p.fallback}`}}`)
        const expected = parts.map(
          (p) => p.before + (isBlank(customer[p.field] ?? '') ? (p.fallback ?? '') : customer[p.field]),
        )
        expect(render(written.join('') + end, customer)).toBe(expected.join('') + end)
      }),
    )
  })

  test('leaves any text without a closing brace as it is', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...naughty)).map((s) => s.replaceAll('}', ''))
    fc.assert(fc.property(text, (s) => expect(render(s)).toBe(s)))
  })
})

describe('unknown', () => {
  test.each([
    ['{frist_name}', 'first_name'],
    ['{First_Name}', 'first_name'],
    ['{firstName}', 'first_name'],
    ['{first name}', 'first_name'],
    ['{first-name|x}', 'first_name'],
    ['{ fhone }', 'phone'],
    ['{PHONE}', 'phone'],
    ['{locaton}', 'location'],
    ['{preferred_produkt}', 'preferred_product'],
    ['{prefered_produkt}', 'prefered_product'],
  ])('names what %p means', (text, nearest) => {
    const [unknown, ...more] = compileTemplate(text).unknown
    expect(unknown?.nearest).toBe(nearest)
    expect(more).toEqual([])
    expect(render(text)).toBe(text)
  })

  test.each([['{age}'], ['{имя}'], ['{customer.email}'], ['{__proto__}'], ['{toString|x}']])(
    'guesses nothing for %p',
    (text) => {
      expect(compileTemplate(text).unknown).toEqual([{ name: text.slice(1, -1).replace('|x', '') }])
    },
  )

  test.each([
    ['{first_name} {last_name|x} { phone } {location} {prefered_product} {preferred_product}'],
    ['{} {1} {see below} {{ }} { | } {a b} {a:b} {?}'],
    [`{${'a'.repeat(65)}}`],
    ['{frist_name'],
  ])('is empty for %p', (text) => expect(compileTemplate(text).unknown).toEqual([]))

  test('holds each name once, in order, and at most 20', () => {
    expect(compileTemplate('{b} {a} {b} { a |x}').unknown).toEqual([{ name: 'b' }, { name: 'a' }])
    const many = Array.from({ length: 100 }, (_, i) => `{x${i}}`).join('')
    expect(compileTemplate(many).unknown).toHaveLength(20)
  })

  test('is told apart from the fields, each of which is named once', () => {
    expect(compileTemplate('{last_name} {x} {preferred_product|a} {last_name} {phone').fields).toEqual([
      'last_name',
      'prefered_product',
    ])
  })

  test('is worded for the author', () => {
    expect(warnings(compileTemplate('{frist_name} {age} {phone}'))).toEqual([
      'Unknown placeholder "{frist_name}": did you mean "{first_name}"?',
      'Unknown placeholder "{age}": use one of {first_name}, {last_name}, {phone}, {location}, {prefered_product}',
    ])
  })
})

describe('compileTemplate() on hostile text', () => {
  const words = Array.from({ length: 90_000 }, (_, i) => `{ir st ${i}}`).join('')
  const cases = {
    'opening braces': '{'.repeat(1 << 20),
    'closing braces': '}'.repeat(1 << 20),
    'open fallbacks': '{a|'.repeat(350_000),
    'white space': `{${' '.repeat(1 << 20)}x`,
    'one long name': `{${'a'.repeat(1 << 20)}}`,
    'many near misses': words,
  }
  test.each(Object.entries(cases))('takes no more than linear time: %s', (_name, text) => {
    const start = performance.now()
    const template = compileTemplate(text)
    // A fifth of a second, or some seconds on a machine that is busy; quadratic work on 1 MB would take minutes.
    expect(performance.now() - start).toBeLessThan(20_000)
    expect(template.render(amina)).toBe(text)
  })
})
