/** Rules that cannot be read: each is refused at its place, with what to do, and soon. */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { readRule } from '../../core/messaging/segments/read-rule.ts'
import { quickest } from '../support/quickest.ts'

const attributes = new Map([
  ['points', 'number'],
  ['city', 'text'],
  ['member', 'boolean'],
  ['renews', 'date'],
] as const)
const read = (json: unknown) => readRule(json, attributes)
const problemsOf = (json: unknown) => {
  const result = read(json)
  return result.ok ? [] : result.problems.map(({ message }) => message)
}
const field = (name: string, test: object) => ({ field: name, ...test })
const nested = (levels: number): unknown => (levels === 1 ? { tag: 'vip' } : { not: nested(levels - 1) })

const cases: readonly (readonly [unknown, string | RegExp])[] = [
  [null, 'rule must be a rule such as {"field": "location", "is": "Nairobi"}, not null'],
  [[], /^rule must be a rule such as .*, not a list$/],
  ['{"tag":"vip"}', /not text$/],
  [{}, /^rule must hold one of all, any, not, field, tag, segment, campaign, received_within_days, never_written_to$/],
  [{ al: [] }, 'rule.al is not a known field: did you mean "all"?'],
  [{ all: {} }, 'rule.all must be a list of rules, not an object'],
  [{ all: [] }, 'rule.all must hold 1 to 200 rules'],
  [{ any: [{ tag: 'a' }], tag: 'b' }, 'rule holds both any and tag: join them as rules of their own with all or any'],
  [{ all: [{ tag: 'a' }], extra: 1 }, 'rule.extra is not a known field: use one of all'],
  [{ all: [{ tag: 'a' }, { any: [{ not: { tag: 5 } }] }] }, 'rule.all[1].any[0].not.tag must be text, not a number'],
  [{ not: [] }, /^rule\.not must be a rule such as/],
  [nested(11), /^rule(\.not){10} is more than 10 levels deep: make a part of it a segment, and name that$/],
  [field('locaton', { is: 'x' }), 'rule.field is not a known field: did you mean "location"?'],
  [field('points', { is: 1 }), 'rule.field is not a known field: did you mean "attributes.points"?'],
  [field('__proto__', { is: 1 }), /^rule\.field is not a known field: use one of .*, or attributes\.NAME$/],
  [
    field('attributes.point', { is: 1 }),
    /names an attribute that is not declared: did you mean "attributes\.points"\?$/,
  ],
  [field('attributes.constructor', { is: 1 }), /not declared: add it with POST \/attributes, or use another one$/],
  [field('location', {}), 'rule needs a comparison: one of is, is_not, in, contains, starts_with, exists'],
  [field('location', { equals: 'x' }), /^rule\.equals is not a known field: use one of field, is, /],
  [field('location', { is: 'a', in: ['b'] }), /^rule holds both is and in: make two rules of it/],
  [
    field('location', { at_least: 5 }),
    'rule.at_least does not go with a text: use one of is, is_not, in, contains, starts_with, exists',
  ],
  [field('location', { is: '' }), 'rule.is must not be empty'],
  [field('location', { contains: '\u0301' }), 'rule.contains must not be empty'],
  [field('location', { is: 'x'.repeat(201) }), 'rule.is must be at most 200 characters long'],
  [field('location', { is: 'a\0' }), 'rule.is must not hold the NUL character (U+0000)'],
  [field('location', { is: '\ud800' }), /^rule\.is must be well-formed Unicode/],
  [field('location', { is: { $gt: '' } }), 'rule.is must be text, not an object'],
  [field('location', { in: 'Nairobi' }), 'rule.in must be a list of values, not text'],
  [field('location', { in: [] }), 'rule.in must hold 1 to 1000 values'],
  [field('location', { in: ['a', 'b', 3] }), 'rule.in[2] must be text, not a number'],
  [field('location', { exists: 'yes' }), 'rule.exists must be true or false, not text'],
  [
    { all: [{ tag: 'a' }, { any: [field('attributes.points', { at_least: '5' })] }] },
    'rule.all[1].any[0].at_least must be a number, not text',
  ],
  [field('attributes.points', { is: Number.POSITIVE_INFINITY }), 'rule.is must be a finite number'],
  [field('attributes.member', { in: [true] }), /^rule\.in does not go with a value that is true or false/],
  [field('attributes.member', { is: 1 }), 'rule.is must be true or false, not a number'],
  [field('attributes.renews', { before: '2030-02-30' }), 'rule.before must be a day as text, such as "2030-01-31"'],
  [field('attributes.renews', { after: '2030-01-31T00:00:00Z' }), /^rule\.after must be a day as text/],
  [field('attributes.renews', { within_days: 1.5 }), 'rule.within_days must be a whole number from -3650 to 3650'],
  [field('created_at', { within_days: -1 }), 'rule.within_days must be a whole number from 0 to 3650'],
  [field('created_at', { before: '2030-01-31T09:00:00' }), /^rule\.before must end with its offset from UTC/],
  [field('created_at', { before: 5 }), 'rule.before must be a day or a time as text, not a number'],
  [field('phone', { is: '0712345678' }), 'rule.is must be a phone number in E.164, such as "+254712345678"'],
  [field('phone', { starts_with: '0712' }), /^rule\.starts_with must be the beginning of a phone number in E\.164/],
  [field('phone', { contains: '%' }), /^rule\.contains must be digits of a phone number/],
  [field('country', { is: 'Kenya' }), 'rule.is must be the code of a country in capital letters, such as "KE"'],
  [
    field('country', { in: ['KE', 'US'] }),
    /^rule\.in\[1\] must be a country with a calling code of its own, and others have \+1 too/,
  ],
  [{ tag: ' ' }, 'rule.tag must not be empty'],
  [{ segment: '3' }, 'rule.segment must be the id of a segment, a whole number from 1 to 2147483647'],
  [{ segment: 2 ** 31 }, /^rule\.segment must be the id of a segment/],
  [{ campaign: 1.5 }, /^rule\.campaign must be the id of a campaign/],
  [{ campaign: 1, outcome: 'sent' }, 'rule.outcome must be a list of outcomes, not text'],
  [{ campaign: 1, outcome: ['sent', 'lost'] }, /^rule\.outcome\[1\] must be one of pending, sent, /],
  [{ campaign: 1, outcome: [] }, /^rule\.outcome must hold an outcome/],
  [{ campaign: 1, within_days: -1 }, 'rule.within_days must be a whole number from 0 to 3650'],
  [{ received_within_days: null }, 'rule.received_within_days must be a whole number of days, not null'],
  [{ received_within_days: 5, channel: 'fax' }, 'rule.channel must be one of sms, whatsapp'],
  [{ never_written_to: 1 }, 'rule.never_written_to must be true or false, not a number'],
]

test.each(cases)('%j is refused', (rule, expected) => {
  const [problem, ...others] = problemsOf(rule)
  expect(others).toEqual([])
  if (typeof expected === 'string') expect(problem).toBe(expected)
  else expect(problem).toMatch(expected)
})

test('keys of prototypes are unknown fields', () => {
  const rule = JSON.parse('{"tag":"vip","__proto__":{"all":[]},"constructor":1,"toString":2}')
  expect(problemsOf(rule)).toEqual([
    'rule.__proto__ is not a known field: use one of tag',
    'rule.constructor is not a known field: use one of tag',
    'rule.toString is not a known field: use one of tag',
  ])
  expect(problemsOf(JSON.parse('{"__proto__":{"tag":"vip"}}'))).toEqual([
    expect.stringMatching(/^rule must hold one of/),
  ])
})

test('a rule has at most 200 conditions, and 100,000 characters of values', () => {
  const conditions = (count: number) => ({
    any: [{ all: Array(100).fill({ tag: 'a' }) }, { all: Array(count).fill({ tag: 'a' }) }],
  })
  expect(problemsOf(conditions(100))).toEqual([])
  expect(problemsOf(conditions(101))).toEqual([
    'rule.any[1].all[100].tag is one condition too many: a rule may hold 200',
  ])
  const long = (count: number) => field('location', { in: Array(count).fill('x'.repeat(200)) })
  expect(problemsOf(long(500))).toEqual([])
  expect(problemsOf(long(501))).toEqual(['rule.in makes the values of the rule longer than 100000 characters'])
})

/** Values that take long to read for whoever does not stop. */
const huge: readonly (readonly [string, unknown])[] = [
  ['1,000 levels', nested(1000)],
  [
    '5,000 levels of lists',
    Array(5000)
      .fill(0)
      .reduce((inner) => ({ all: [inner] }), { tag: 'a' }),
  ],
  ['500,000 rules', { all: Array(500_000).fill({ tag: 'a' }) }],
  ['200 lists of 200 rules that are none', { all: Array(200).fill({ all: Array(200).fill(1) }) }],
  [
    '100,000 unknown keys',
    Object.fromEntries([['tag', 'a'], ...Array.from({ length: 100_000 }, (_, nth) => [`k${nth}`, 1])]),
  ],
  ['a key of a megabyte', { tag: 'a', ['k'.repeat(1_000_000)]: 1 }],
  ['a megabyte of text', field('location', { contains: 'x'.repeat(1_000_000) })],
  ['a megabyte of accents', field('location', { contains: '\u0301'.repeat(1_000_000) })],
  ['a list of a million', field('location', { in: Array(1_000_000).fill('a') })],
]

test.each(huge)('%s: refused soon, in few words', async (_, rule) => {
  expect(await quickest(500, () => problemsOf(rule))).toBeLessThan(500)
  const problems = problemsOf(rule)
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.length).toBeLessThanOrEqual(20)
  expect(JSON.stringify(problems).length).toBeLessThan(20_000)
})

test('whatever comes is read or refused, and never throws', () => {
  const keys = [
    'all',
    'any',
    'not',
    'field',
    'tag',
    'segment',
    'campaign',
    'is',
    'in',
    'at_least',
    'outcome',
    'within_days',
  ]
  const { rule } = fc.letrec((tie) => ({
    rule: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...keys), fc.oneof(tie('rule'), fc.array(tie('rule')), fc.jsonValue()), {
        maxKeys: 3,
      }),
    ),
  }))
  fc.assert(
    fc.property(rule, (json) => {
      const result = read(json)
      if (!result.ok) for (const { path, message } of result.problems) expect(message).toStartWith(path)
      expect(result.ok || result.problems.length > 0).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
