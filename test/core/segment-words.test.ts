/** Rules of segments in words: every operator and kind of condition, and its opposite. */
import { describe, expect, test } from 'bun:test'
import { readRule } from '../../core/messaging/segments/read-rule.ts'
import { operators, operatorsOf } from '../../core/messaging/segments/read-test.ts'
import { outcomes } from '../../core/messaging/segments/rule.ts'
import { namedIn, type RuleNames, ruleLines, ruleSentence, ruleWords } from '../../core/messaging/segments/words.ts'

const attributes = new Map([
  ['points', 'number'],
  ['home_city', 'text'],
  ['member', 'boolean'],
  ['renews', 'date'],
] as const)
const names: RuleNames = {
  segment: (id) => (id === 3 ? 'Staff' : undefined),
  campaign: (id) => (id === 5 ? 'Spring sale' : undefined),
}
const said = (rule: unknown) => ruleSentence(ruleWords(rule, names))
const field = (name: string, comparison: object) => ({ field: name, ...comparison })

/** A condition, its words, and those of its opposite. */
const conditions: readonly (readonly [object, string, string])[] = [
  [field('location', { is: 'Nairobi' }), 'location is “Nairobi”', 'location is not “Nairobi”'],
  [field('location', { is_not: 'Nairobi' }), 'location is not “Nairobi”', 'location is “Nairobi”'],
  [field('first_name', { is: 'Ann' }), 'first name is “Ann”', 'first name is not “Ann”'],
  [field('prefered_product', { is: 'Lamp' }), 'preferred product is “Lamp”', 'preferred product is not “Lamp”'],
  [field('preferred_product', { is: 'Lamp' }), 'preferred product is “Lamp”', 'preferred product is not “Lamp”'],
  [field('language', { in: ['sw'] }), 'language is “sw”', 'language is not “sw”'],
  [
    field('attributes.home_city', { in: ['Nairobi', 'Thika'] }),
    'home city is one of “Nairobi”, “Thika”',
    'home city is none of “Nairobi”, “Thika”',
  ],
  [
    field('attributes.points', { in: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }),
    'points is one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more',
    'points is none of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more',
  ],
  [field('attributes.points', { in: [1, 2, 3, 4, 5, 6, 7, 8, 9] }), 'points is one of 1, 2, 3, 4, 5, 6, 7, 8, 9', ''],
  [field('last_name', { contains: 'ott' }), 'last name contains “ott”', 'last name does not contain “ott”'],
  [field('phone', { starts_with: '+2547' }), 'phone starts with +2547', 'phone does not start with +2547'],
  [field('phone', { is: '+254712345678' }), 'phone is +254712345678', 'phone is not +254712345678'],
  [field('country', { is: 'KE' }), 'country is Kenya', 'country is not Kenya'],
  [field('country', { in: ['KE', 'UG'] }), 'country is one of Kenya, Uganda', 'country is none of Kenya, Uganda'],
  [field('attributes.points', { at_least: 100.5 }), 'points is at least 100.5', 'points is not at least 100.5'],
  [field('attributes.points', { at_most: -3 }), 'points is at most -3', 'points is not at most -3'],
  [field('attributes.member', { is: true }), 'member is true', 'member is not true'],
  [field('attributes.renews', { is: '2030-01-31' }), 'renews is 2030-01-31', 'renews is not 2030-01-31'],
  [
    field('attributes.renews', { before: '2030-01-31' }),
    'renews is before 2030-01-31',
    'renews is not before 2030-01-31',
  ],
  [
    field('created_at', { after: '2030-01-31T09:00:00+03:00' }),
    'date added is after 2030-01-31 09:00:00+03:00',
    'date added is not after 2030-01-31 09:00:00+03:00',
  ],
  [
    field('created_at', { within_days: 30 }),
    'date added is today or in the last 30 days',
    'date added is neither today nor in the last 30 days',
  ],
  [
    field('attributes.renews', { within_days: -1 }),
    'renews is today or in the next day',
    'renews is neither today nor in the next day',
  ],
  [field('attributes.renews', { within_days: 0 }), 'renews is today', 'renews is not today'],
  [field('time_zone', { exists: true }), 'time zone has a value', 'time zone has no value'],
  [field('time_zone', { exists: false }), 'time zone has no value', 'time zone has a value'],
  [{ tag: 'vip' }, 'has the tag “vip”', 'does not have the tag “vip”'],
  [{ segment: 3 }, 'is in the segment “Staff”', 'is not in the segment “Staff”'],
  [{ segment: 4 }, 'is in segment 4', 'is not in segment 4'],
  [{ campaign: 5 }, 'is a recipient of “Spring sale”', 'is not a recipient of “Spring sale”'],
  [
    { campaign: 6, outcome: ['failed', 'undelivered', 'awaiting'], within_days: 30 },
    'is a recipient of campaign 6 with the result failed, undelivered or awaiting receipt in the last 30 days',
    'is not a recipient of campaign 6 with the result failed, undelivered or awaiting receipt in the last 30 days',
  ],
  [
    { campaign: 6, outcome: ['read'], within_days: 0 },
    'is a recipient of campaign 6 with the result read today',
    'is not a recipient of campaign 6 with the result read today',
  ],
  [{ received_within_days: 7 }, 'received a message in the last 7 days', 'received no message in the last 7 days'],
  [
    { received_within_days: 1, channel: 'sms' },
    'received a message by SMS in the last day',
    'received no message by SMS in the last day',
  ],
  [
    { received_within_days: 0, channel: 'whatsapp' },
    'received a message by WhatsApp today',
    'received no message by WhatsApp today',
  ],
  [{ never_written_to: true }, 'was never written to', 'was written to before'],
  [{ never_written_to: false }, 'was written to before', 'was never written to'],
]

test.each(conditions)('%j', (rule, words, opposite) => {
  expect(said(rule)).toBe(words)
  expect(said({ not: { not: rule } })).toBe(words)
  if (opposite) expect(said({ not: rule })).toBe(opposite)
})

describe('the table above', () => {
  test('holds rules that the API takes', () => {
    for (const [rule] of conditions) expect([rule, readRule(rule, attributes).ok]).toEqual([rule, true])
  })

  test('has every operator, and every form of a condition', () => {
    const keys = new Set(conditions.flatMap(([rule]) => Object.keys(rule)))
    const forms = ['field', 'tag', 'segment', 'campaign', 'received_within_days', 'never_written_to']
    for (const key of [...operators, ...forms]) expect([key, keys.has(key)]).toEqual([key, true])
  })
})

/** A value for each operator. */
const values: Readonly<Record<(typeof operators)[number], unknown>> = {
  is: 'x',
  is_not: 'x',
  in: ['x'],
  contains: 'x',
  starts_with: 'x',
  at_least: 1,
  at_most: 1,
  before: '2030-01-31',
  after: '2030-01-31',
  within_days: 3,
  exists: true,
}

test('no operator of any type, and no outcome, is left as it is', () => {
  for (const operator of new Set(Object.values(operatorsOf).flat())) {
    expect(said(field('location', { [operator]: values[operator] }))).toStartWith('location ')
  }
  for (const outcome of outcomes)
    expect(said({ campaign: 1, outcome: [outcome] })).toEndWith(outcome.replace('awaiting', 'awaiting receipt'))
})

describe('groups', () => {
  const [a, b, c] = [{ tag: 'a' }, { tag: 'b' }, { tag: 'c' }]

  test('are one sentence', () => {
    expect(said({ all: [a, { any: [b, { not: c }] }] })).toBe(
      'has the tag “a” and (has the tag “b” or does not have the tag “c”)',
    )
    expect(said({ not: { any: [a, b] } })).toBe('not (has the tag “a” or has the tag “b”)')
    expect(said({ any: [a, { not: { all: [b, c] } }] })).toBe(
      'has the tag “a” or not (has the tag “b” and has the tag “c”)',
    )
  })

  test('are lines, with their parts below them', () => {
    const rule = { all: [a, { any: [b, c] }, { not: { any: [b, c] } }, { not: { all: [b, c] } }] }
    expect(ruleLines(ruleWords(rule)).map(({ depth, text }) => '  '.repeat(depth) + text)).toEqual([
      'all of these:',
      '  has the tag “a”',
      '  any of these:',
      '    has the tag “b”',
      '    has the tag “c”',
      '  none of these:',
      '    has the tag “b”',
      '    has the tag “c”',
      '  not all of these:',
      '    has the tag “b”',
      '    has the tag “c”',
    ])
  })

  test('of one are that one', () => {
    expect(said({ all: [{ any: [a] }] })).toBe('has the tag “a”')
    expect(said({ not: { all: [{ not: { any: [a] } }] } })).toBe('has the tag “a”')
    expect(said({ not: { any: [a] } })).toBe('does not have the tag “a”')
  })
})

test('parts that are not known are shown as they are, and cut', () => {
  expect(said({ moon: 'full' })).toBe('{"moon":"full"}')
  expect(said({ not: { moon: 'full' } })).toBe('not: {"moon":"full"}')
  expect(said(field('location', { sounds_like: 'x' }))).toBe('{"field":"location","sounds_like":"x"}')
  expect([said(null), said(['x']), said(undefined)]).toEqual(['null', '["x"]', 'undefined'])
  expect(said({ tag: 'x'.repeat(200) })).toBe(`has the tag “${'x'.repeat(59)}…”`)
  expect(said(field('__proto__', { is: 'x' }))).toBe('  proto   is “x”')
})

test('namedIn() finds every segment and campaign once, however deep', () => {
  const rule = { all: [{ segment: 3 }, { any: [{ not: { segment: 4 } }, { campaign: 5 }] }, { segment: 3 }] }
  expect(namedIn(rule)).toEqual({ segments: [3, 4], campaigns: [5] })
  expect(namedIn('x')).toEqual({ segments: [], campaigns: [] })
})
