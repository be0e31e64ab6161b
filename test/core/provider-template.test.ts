/** Templates that a provider has approved: what their placeholders are filled with. */
import { describe, expect, test } from 'bun:test'
import { compileProviderTemplate, emptyParameter, fieldsOf } from '../../core/messaging/text/provider-template.ts'
import { compileTemplate } from '../../core/messaging/text/template.ts'

const fillOne = (parameter: string, customer = {}) =>
  compileProviderTemplate({ name: 'x', language: 'en', parameters: [parameter] }).fill(customer).parameters[0]

describe('a template', () => {
  test('is filled for each customer, under its name and in its language', () => {
    const template = {
      name: 'spring_sale',
      language: 'en_US',
      parameters: ['{first_name|friend}', 'a {prefered_product}'],
    }
    const { fill } = compileProviderTemplate(template)
    expect(fill({ first_name: 'Amina', prefered_product: 'bag' }).parameters).toEqual(['Amina', 'a bag'])
    expect(fill({ prefered_product: 'lamp' })).toEqual({ ...template, parameters: ['friend', 'a lamp'] })
  })

  test('names each field once, together with the text’s', () => {
    const compiled = compileProviderTemplate({
      name: 'x',
      language: 'en',
      parameters: ['{location}', '{first_name}', '{location}'],
    })
    expect(compiled.fields).toEqual(['first_name', 'location'])
    const text = compileTemplate('{prefered_product} for {first_name}')
    expect(fieldsOf([text, compiled])).toEqual(['first_name', 'location', 'prefered_product'])
    expect(fieldsOf([text])).toEqual(text.fields)
  })

  test.each([
    ['a\nb', 'a b'],
    ['a \r\n\t b', 'a b'],
    ['a     b', 'a b'],
    ['a   b', 'a   b'],
    ['  a\u00a0b ', 'a\u00a0b'],
    ['a\u2028b', 'a b'],
  ])('has the value %j on one line: %j', (value, written) => {
    expect(fillOne('{first_name}', { first_name: value })).toBe(written)
    expect(fillOne(value)).toBe(written)
  })

  test.each<[readonly string[], number | undefined]>([
    [[], undefined],
    [['a', 'b'], undefined],
    [['a', ''], 2],
    [['\u200b', ''], 1],
  ])('with the values %j lacks value %p', (parameters, nth) => {
    expect(emptyParameter({ name: 'x', language: 'en', parameters })).toBe(nth)
  })
})
