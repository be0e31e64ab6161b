import { expect, test } from 'bun:test'
import type { Attribute, Customer } from '../../plugins/console/web/api/types.ts'
import { bodyOf, valuesOf } from '../../plugins/console/web/pages/customers/customer-values.ts'

const declared = (name: string, type: Attribute['type']): Attribute => ({
  name,
  type,
  description: null,
  created_at: '2030-01-01T00:00:00.000Z',
})
const attributes = [declared('points', 'number'), declared('member', 'boolean'), declared('renews', 'date')]
const customer: Customer = {
  id: 1,
  phone: '+254712345678',
  first_name: 'Amina',
  last_name: null,
  location: 'Nairobi',
  prefered_product: null,
  language: 'sw',
  time_zone: null,
  tags: ['vip', 'new'],
  attributes: { points: 120, member: true },
}
const before = valuesOf(customer)
const fields = {
  phone: '+254712345678',
  first_name: 'Amina',
  last_name: null,
  location: 'Nairobi',
  prefered_product: null,
}

test('what is not changed is not sent', () => {
  expect(bodyOf(before, before, attributes)).toEqual({ body: fields, problems: new Map() })
})

test('attributes are sent by their types, and an empty one is cleared', () => {
  const now = { ...before, tags: 'vip; Gold, ', attributes: { points: '', member: 'false', renews: '2030-01-31' } }
  expect(bodyOf(before, now, attributes).body).toEqual({
    ...fields,
    tags: ['vip', 'Gold'],
    attributes: { points: null, member: false, renews: '2030-01-31' },
  })
  const language = { ...before, fields: { ...before.fields, language: '', time_zone: 'Africa/Nairobi' } }
  expect(bodyOf(before, language, attributes).body).toEqual({
    ...fields,
    language: null,
    time_zone: 'Africa/Nairobi',
  })
})

test('a value of another type is refused at its field', () => {
  const now = { ...before, attributes: { ...before.attributes, points: 'many' } }
  const { body, problems } = bodyOf(before, now, attributes)
  expect([...problems.keys()]).toEqual(['attributes.points'])
  expect(problems.get('attributes.points')).toContain('This is not a number')
  expect(body).toEqual(fields)
})
