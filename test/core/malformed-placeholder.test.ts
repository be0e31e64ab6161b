import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { compileTemplate, templateFields, warnings } from '../../core/messaging/text/template.ts'

const warningsOf = (text: string) => warnings(compileTemplate(text))

/** Spoilt placeholders, and what to write instead. */
const spoilt: readonly (readonly [string, string])[] = [
  ['{first_name\u200b}', 'first_name'],
  ['{\u2060first_name}', 'first_name'],
  ['{first\u00adname}', 'first_name'],
  ['{{first_name}}', 'first_name'],
  ['{{ first_name }}', 'first_name'],
  ['{ {first_name} }', 'first_name'],
  ['{{{first_name}}}', 'first_name'],
  ['{{first_name}', 'first_name'],
  ['{first_name}}', 'first_name'],
  ['{{phone|none}}', 'phone'],
  ['{first_name|{last_name}}', 'first_name'],
  ['{first_name|{last_name|there}}', 'first_name'],
  ['{contactfield=firstname}', 'first_name'],
  ['{contact:phone}', 'phone'],
  ['{contact.last name}', 'last_name'],
  ['{"first_name"}', 'first_name'],
  ["{'location'}", 'location'],
  ['{\u201cprefered_product\u201d}', 'prefered_product'],
  ['{"preferred product"|lamp}', 'preferred_product'],
  ['{first_name', 'first_name'],
  ['{first_name, how are you?', 'first_name'],
  ['{first name', 'first_name'],
  ['{first_name|there', 'first_name'],
  ['{phone', 'phone'],
  ['{first_name)', 'first_name'],
  ['{first_name] and {phone}', 'first_name'],
  ['first_name}', 'first_name'],
  ['(first_name}', 'first_name'],
  ['\\{first_name\\}', 'first_name'],
  ['{first_name:there}', 'first_name'],
  ['{$first_name}', 'first_name'],
  ['{%last_name%}', 'last_name'],
  ['{Your First Name}', 'first_name'],
  ['{phone number}', 'phone'],
  ['{\uff46\uff49\uff52\uff53\uff54\uff3f\uff4e\uff41\uff4d\uff45}', 'first_name'],
  ['\uff5bfirst_name\uff5d', 'first_name'],
  ['\uff5bPhone\uff5d', 'phone'],
  ['{last_name\uff5d', 'last_name'],
  ['%7Bfirst_name%7D', 'first_name'],
  ['&#123;first_name&#125;', 'first_name'],
  ['%first_name%', 'first_name'],
  ['[first_name]', 'first_name'],
  ['[[Last_Name]]', 'last_name'],
  ['<first_name>', 'first_name'],
  ['$first_name', 'first_name'],
]

describe('malformed placeholders', () => {
  test.each(spoilt)('%j: write {%s}', (text, write) => {
    for (const template of [text, `Hi ${text}`, `{location|town} ${text}\n`]) {
      const [warning, ...more] = warningsOf(template)
      expect(warning).toEndWith(`: write {${write}}`)
      expect(more).toEqual([])
    }
  })

  test('invisible characters are shown by their code', () =>
    expect(warningsOf('{first_name\u200b}')).toEqual([
      '"{first_name<U+200B>}" is not a placeholder and is sent as it is: write {first_name}',
    ]))

  test.each([
    ['https://example.com/?first_name={first_name}&last_name={last_name}'],
    ['https://example.com/?contact[first_name]={first_name}'],
    ['<{first_name}|{last_name}> %{first_name}% [{last_name}] \u0024{phone}'],
    ['{first_name|your first name} {location|your location} {phone|%phone%}'],
    ['Reply with [location] or (phone), 100% free: $location'],
    ['{call us on our phone line today} {see below} {} {1}'],
    [':{ phone us'],
    ['your first name, your location, your phone'],
  ])('none in %j', (text) => expect(warningsOf(text)).toEqual([]))

  test('a misspelt name in braces is reported once, as unknown', () => {
    for (const text of ['{First_Name}', '{first name}', '{firstName}', '{first name x}', '{contact.first_name}'])
      expect(warningsOf(text)).toEqual([expect.stringContaining('Unknown placeholder')])
  })

  test('one placeholder is reported once, in order, and at most 20 are', () => {
    expect(warningsOf('{"phone"} {{first_name}} {"phone"}')).toEqual([
      expect.stringContaining('{"phone"}'),
      expect.stringContaining('{{first_name}}'),
    ])
    expect(compileTemplate('{"phone"}'.repeat(1000)).malformed).toHaveLength(20)
  })

  test('a warning stays short, whatever the template holds', () => {
    for (const text of [
      `{"phone"${' x'.repeat(2000)}`,
      `{${'"'.repeat(4000)}first_name}`,
      '{first_name\u200b'.repeat(300),
    ])
      for (const warning of warningsOf(text)) expect(warning.length).toBeLessThan(150)
  })

  test('valid templates have no warning, whatever text is between their placeholders', () => {
    const text = fc
      .oneof(
        fc.string({ unit: 'binary' }),
        fc.lorem(),
        fc.webUrl(),
        fc.constantFrom('first name ', 'phone ', '$', '%', '['),
      )
      .map((value) => value.replace(/[{}\uff5b\uff5d\ufe5b\ufe5c\u2774\u2775]/g, ''))
    const blank = fc.constantFrom('', ' ')
    const placeholder = fc
      .tuple(blank, fc.constantFrom(...templateFields, 'preferred_product'), blank, fc.option(text))
      .map(([a, field, b, fallback]) => `{${a}${field}${b}${fallback === null ? '' : `|${fallback}`}}`)
    const template = fc.array(fc.oneof(text, placeholder)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(template, (value) => expect(warningsOf(value)).toEqual([])),
      { numRuns: 3000 },
    )
  })
})

describe('compileTemplate() on hostile text near a name', () => {
  const cases = [
    '[',
    '<',
    '%',
    '$first_name',
    '%7B',
    '&#123;',
    '\uff5b',
    '{"',
    '{first_name|',
    '{first_name\u200b}',
    '"} ',
    '\u200b',
  ]
  test.each(cases.map((unit) => [unit]))('takes no more than linear time: %j', (unit) => {
    const text = unit.repeat(Math.floor((1 << 19) / unit.length))
    const start = performance.now()
    compileTemplate(text)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})
