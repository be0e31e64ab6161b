import { expect, test } from 'bun:test'
import { inertResources } from '../support/inert.ts'

const { services } = inertResources().resources
const parts = Object.entries(services).flatMap(([service, opened]) =>
  Object.entries(opened).map(([part, open]) => [`${service}.${part}`, open('p')] as const),
)

/** Paths of objects within `value`, itself included, that could be changed, or that are more than a record. */
function findLoose(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const plain = Object.getPrototypeOf(value) === Object.prototype
  const loose = plain && Object.isFrozen(value) ? [] : [path]
  return [...loose, ...Object.entries(value).flatMap(([name, inner]) => findLoose(inner, `${path}.${name}`))]
}

test.each(parts)('%s is a frozen record of functions, without the database', (name, part) => {
  expect(findLoose(part, name)).toEqual([])
})

test('a part is opened for each plugin that is granted it', () => {
  expect(services.messaging.control('a')).not.toBe(services.messaging.control('b'))
})
