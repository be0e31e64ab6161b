import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isDeeperThan } from '../../core/http/depth.ts'

test.each([
  ['1', 0, false],
  ['[]', 0, true],
  ['[]', 1, false],
  ['[{}]', 1, true],
  ['[[],[],[]]', 2, false],
  ['"[[[["', 0, false],
  ['"\\"[[[["', 0, false],
  ['"\\\\"[', 0, true],
  ['"\\\\\\"["', 0, false],
  ['{"[":"{"}', 1, false],
  ['"[', 0, false],
  [']]]][', 0, false],
  ['['.repeat(65), 64, true],
  ['['.repeat(64), 64, false],
])('isDeeperThan(%j, %d) is %p', (json, levels, deeper) => expect(isDeeperThan(json, levels)).toBe(deeper))

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

test('of any JSON it is as deep as its value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(8), (value, levels) => {
      expect(isDeeperThan(JSON.stringify(value), levels)).toBe(depthOf(value) > levels)
    }),
  )
})
