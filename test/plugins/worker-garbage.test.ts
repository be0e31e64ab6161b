import { expect, test } from 'bun:test'
import { openCollector } from '../../plugins/worker/garbage.ts'

/** A collector that asks after 100 messages, and for all garbage after 300, above 150 bytes. */
function setup() {
  const collected: string[] = []
  const memory = { resident: 200 }
  const collect = openCollector({
    young: 100,
    all: 300,
    bytes: 150,
    collectYoung: () => collected.push('young'),
    collectAll: () => collected.push('all'),
    memory: () => memory.resident,
  })
  const after = (...messages: readonly number[]) => {
    for (const some of messages) collect(some)
    return collected.splice(0)
  }
  return { after, memory }
}

test('young garbage is collected after so many messages, however they come in, and all of it at times', () => {
  const { after } = setup()
  expect(after(60, 39, 0)).toEqual([])
  expect(after(1)).toEqual(['young'])
  expect(after(100, 100)).toEqual(['young', 'all'])
  expect(after(100, 100, 100)).toEqual(['young', 'young', 'all'])
  expect(after(250)).toEqual(['young'])
  expect(after(350)).toEqual(['all'])
})

test('nothing is collected while the process is small', () => {
  const { after, memory } = setup()
  memory.resident = 150
  expect(after(100, 100, 100, 100)).toEqual([])
  memory.resident = 151
  expect(after(100, 100)).toEqual(['young', 'all'])
})
