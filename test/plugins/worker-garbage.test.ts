import { expect, test } from 'bun:test'
import { openCollector } from '../../plugins/worker/garbage.ts'

test('collects each time that so many messages are done with', () => {
  let collected = 0
  const collect = openCollector(() => collected++, 100)
  const told = [40, 40, 40, 99, 1, 250, 10].map((messages) => {
    collect(messages)
    return collected
  })
  expect(told).toEqual([0, 0, 1, 1, 2, 3, 3])
})
