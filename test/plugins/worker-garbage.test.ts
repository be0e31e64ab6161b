import { expect, test } from 'bun:test'
import { openCollector } from '../../plugins/worker/garbage.ts'

test('garbage is collected after so many messages, however they come in, where memory has grown', () => {
  let collected = 0
  let resident = 200
  const collect = openCollector({ messages: 100, bytes: 150, collect: () => collected++, memory: () => resident })
  for (const messages of [60, 39, 0]) collect(messages)
  expect(collected).toBe(0)
  collect(1)
  expect(collected).toBe(1)
  collect(250)
  expect(collected).toBe(2)
  resident = 150
  for (let nth = 0; nth < 5; nth++) collect(100)
  expect(collected).toBe(2)
  resident = 151
  collect(100)
  expect(collected).toBe(3)
})
