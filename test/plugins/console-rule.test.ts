/** The rule builder of the console: what it makes of a rule, and the rule that it makes of that. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AttributeType } from '../../core/messaging/contacts/attributes.ts'
import { readRule } from '../../core/messaging/segments/read-rule.ts'
import type { Condition } from '../../core/messaging/segments/rule.ts'
import { beginGroup, type Group, type Part } from '../../plugins/console/web/rule/parts.ts'
import { readParts } from '../../plugins/console/web/rule/read.ts'
import { placeProblems, writeRule } from '../../plugins/console/web/rule/write.ts'
import type { World } from '../support/segment-evaluator.ts'
import { rulesOf } from '../support/segment-world.ts'

const types = new Map<string, AttributeType>([
  ['points', 'number'],
  ['city', 'text'],
  ['member', 'boolean'],
  ['renews', 'date'],
])
const world: World = {
  now: 0,
  types: Object.fromEntries(types),
  customers: [],
  messages: [],
  campaigns: [1, 2].map((id) => ({ id, channel: 'sms', completed_at: null })),
  segments: new Map([[3, { tag: 'vip' }]]),
}
const rules = rulesOf(world)

const again = (rule: unknown) => {
  const { rule: written, gaps } = writeRule(readParts(rule, types), types)
  expect([...gaps]).toEqual([])
  return written
}

/** The server's reading with negations at the conditions, and groups in groups of the same kind dissolved. */
function meaningOf(rule: unknown): unknown {
  const read = readRule(rule, types)
  return read.ok ? normal(read.rule, false) : undefined
}

interface Normal {
  readonly kind: string
  readonly of?: readonly Normal[]
}

function normal(rule: Condition, negated: boolean): Normal {
  if (rule.kind === 'not') return normal(rule.of, !negated)
  if (rule.kind !== 'all' && rule.kind !== 'any') {
    // Places differ, and the order of outcomes says nothing.
    const { path: _, ...leaf } = rule as Condition & { readonly path?: string }
    return { kind: negated ? 'not' : 'is', ...{ leaf } }
  }
  const kind = (rule.kind === 'all') !== negated ? 'all' : 'any'
  const of = rule.of.map((one) => normal(one, negated)).flatMap((one) => (one.kind === kind ? (one.of ?? []) : [one]))
  const [only, ...others] = of
  return only && others.length === 0 ? only : { kind, of }
}

const rawsOf = (part: Part): string[] =>
  part.kind === 'raw' ? [part.text] : part.kind === 'group' ? part.of.flatMap(rawsOf) : []
const depthOf = (rule: unknown): number => {
  if (typeof rule !== 'object' || rule === null) return 0
  const { all, any, not } = rule as Readonly<Record<string, unknown>>
  const inner = [all, any].flatMap((list) => (Array.isArray(list) ? list : []))
  return 1 + Math.max(0, ...[...inner, ...(not === undefined ? [] : [not])].map(depthOf))
}

describe('a rule in the builder and back', () => {
  test('means the same, and is no deeper', () => {
    const shown = { whole: 0, partly: 0 }
    fc.assert(
      fc.property(rules, (rule) => {
        const root = readParts(rule, types)
        shown[rawsOf(root).length === 0 ? 'whole' : 'partly']++
        const written = again(rule)
        expect(meaningOf(written)).toEqual(meaningOf(rule))
        expect(depthOf(written)).toBeLessThanOrEqual(depthOf(rule))
      }),
      { numRuns: 3000 },
    )
    // Builders that show little would show nothing.
    expect(shown.whole).toBeGreaterThan(1000)
    expect(shown.partly).toBeGreaterThan(20)
  })

  test('is accepted or refused as before, whatever is in it', () => {
    const strange = fc.oneof(
      fc.constantFrom<unknown>(null, 1, 'x', [], {}, { all: [] }, { any: [1] }, { not: [] }, { tag: ' vip' }),
      fc.constantFrom<unknown>(
        { field: 'attributes.gone', is: 1 },
        { field: 'location', is: ' x' },
        { field: 'points' },
      ),
      fc.constantFrom<unknown>(
        { field: 'created_at', after: '2030-01-31T09:00:00+03:00' },
        { segment: 0 },
        { segment: 1.5 },
      ),
      fc.constantFrom<unknown>(
        { campaign: 1, outcome: [] },
        { campaign: 1, outcome: ['sent', 'sent'] },
        { campaign: '1' },
      ),
      fc.constantFrom<unknown>({ field: 'attributes.member', in: [true] }, { field: 'country', exists: true }),
      rules.map((rule) => ({ ...rule, extra: true })),
      fc.jsonValue(),
    )
    const part = fc.oneof(strange, rules)
    const whole = fc.oneof(
      part,
      ...(['all', 'any'] as const).map((kind) => fc.array(part, { maxLength: 4 }).map((of) => ({ [kind]: of }))),
      part.map((not) => ({ not })),
    )
    fc.assert(
      fc.property(whole, (rule) => {
        const written = again(rule)
        expect(meaningOf(written)).toEqual(meaningOf(rule))
      }),
      { numRuns: 3000 },
    )
  })

  test('parts that it has no form for stay as they are', () => {
    const deep = {
      all: [{ any: [{ all: [{ any: [{ tag: 'a' }, { tag: 'b' }] }, { tag: 'c' }] }, { tag: 'd' }] }, { tag: 'e' }],
    }
    const root = readParts(deep, types)
    expect(rawsOf(root).map((text) => JSON.parse(text))).toEqual([{ any: [{ tag: 'a' }, { tag: 'b' }] }])
    expect(again(deep)).toEqual(deep)
    const unknown = { all: [{ tag: 'a' }, { near: [1.5, 36.8], 'km"]': 5 }] }
    expect(again(unknown)).toEqual(unknown)
  })
})

describe('writeRule()', () => {
  const write = (root: Group) => writeRule(root, types)

  test('names what a condition lacks', () => {
    const root = beginGroup('all', types)
    const [first] = root.of
    expect([...write(root).gaps]).toEqual([[first?.id ?? '', 'Enter a value']])
    const points: Part = { id: 'p', kind: 'field', field: 'attributes.points', operator: 'at_least', value: '1,000' }
    expect(write({ ...root, of: [points] }).gaps.get('p')).toBe('Enter a number')
    expect(write({ ...root, of: [{ ...points, operator: 'in', value: '1\nx' }] }).gaps.get('p')).toContain('each line')
    expect(write({ ...root, of: [{ ...points, value: ' 1000 ' }] }).rule).toEqual({
      field: 'attributes.points',
      at_least: 1000,
    })
    expect(write({ ...root, of: [] }).gaps.get(root.id)).toBe('Add a condition')
    expect(write({ ...root, of: [{ id: 'r', kind: 'raw', text: '{' }] }).gaps.get('r')).toContain('JSON')
  })

  test('problems of the API are shown at the innermost part, in words without paths', () => {
    const root = readParts({ all: [{ tag: 'a' }, { not: { any: [{ segment: 3 }, { 'a]b': 1 }] } }] }, types)
    const written = write(root)
    const none = root.of[1] as Group
    const details = [
      {
        path: 'rule.all[1].not.any[0].segment',
        message: 'rule.all[1].not.any[0].segment names segment 3, which is not there',
      },
      {
        path: 'rule.all[1].not.any[1].a]b',
        message: 'rule.all[1].not.any[1].a]b is not a known field: use one of tag',
      },
      { path: 'rule.all[10]', message: 'rule.all[10] is one too many' },
    ]
    expect([...placeProblems(details, written)]).toEqual([
      [none.of[0]?.id ?? '', 'This names segment 3, which is not there'],
      [none.of[1]?.id ?? '', 'This is not a known field: use one of tag'],
      [root.id, 'This is one too many'],
    ])
  })
})
