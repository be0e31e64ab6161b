/** Customers with campaigns and messages of which rules of segments hold in every way, and rules about them. */
import fc, { type Arbitrary } from 'fast-check'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import type { TestCampaign, TestCustomer, TestMessage, World } from './segment-evaluator.ts'

const DAY = 86_400_000
const NOW = Date.parse('2030-06-15T12:34:56.789Z')
const types = { points: 'number', city: 'text', member: 'boolean', renews: 'date' } as const

/** Texts that case, accents, ligatures, wildcards, quotes and blanks tell apart, or do not. */
const texts = [
  'Nairobi',
  'NAIROBI',
  'nairobi west',
  'Zürich',
  'Zurich',
  'zu\u0308rich',
  'Straße 5',
  'STRASSE 5',
  'Łódź',
  'Ærø',
  'Œuvre',
  'São Paulo',
  'Москва',
  'МОСКВА́',
  'ＡＢＣ％',
  'abc%',
  'abcd',
  '100% off_',
  '100x offx',
  'back\\slash',
  "O'Brien",
  "'; drop table customers; --",
  '$1',
  '😀 smile',
  'a',
]
const missing = [null, null, '', '  ', '\t']
const oneOf = fc.constantFrom
const someText = oneOf<string | null>(...texts, ...texts, ...missing)
const days = fc.integer({ min: -40, max: 40 })
const dayAt = (offset: number) => new Date(NOW + offset * DAY).toISOString().slice(0, 10)
const someDay = fc.oneof(days.map(dayAt), oneOf('0001-01-01', '9999-12-31', '2030-02-28'))
/** Midnights and the moments beside them, too. */
const someTime = fc
  .tuple(days, oneOf(0, -1, 1, 12_345, DAY / 2))
  .map(([offset, ms]) => new Date(Date.parse(`${dayAt(offset)}T00:00:00Z`) + ms))
const numbers = [-1, 0, 0.1, 1, 99.5, 100, 1e21, 5e-7]
const tags = ['vip', 'new', 'zoë', "it's"]
const countries = ['KE', 'UG', 'NG', 'ZA', 'IN', 'DE']
const phones = fc
  .tuple(oneOf('25471', '25672', '23480', '2782', '9198', '4915', '1212', '4477'), fc.integer({ min: 0, max: 999_999 }))
  .map(([start, rest]) => `+${start}${String(rest).padStart(6, '0')}`)

/** A value of another type than was declared, as an attribute that was declared anew leaves it. */
const stray = oneOf<string | number | boolean>('100', 100, true, '2030-06-15', 'Nairobi')
const attribute = <T extends string | number | boolean>(values: Arbitrary<T>) =>
  fc.option(fc.oneof({ arbitrary: values, weight: 9 }, { arbitrary: stray, weight: 1 }), { nil: undefined })
const attributes = fc
  .record({
    points: attribute(oneOf(...numbers)),
    city: attribute(oneOf(...texts, '', ' ')),
    member: attribute(fc.boolean()),
    renews: attribute(someDay),
  })
  .map((values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)))

const customer = fc.record({
  phone: phones,
  first_name: someText,
  last_name: someText,
  location: someText,
  prefered_product: someText,
  language: oneOf<string | null>('sw', 'en-KE', 'en', null),
  time_zone: oneOf<string | null>('Africa/Nairobi', 'Europe/Berlin', null),
  created_at: someTime,
  tags: fc.uniqueArray(oneOf(...tags), { maxLength: 3 }),
  attributes,
}) as Arbitrary<Omit<TestCustomer, 'id'>>

const CUSTOMERS = 300
const CAMPAIGNS = 4

const campaign = fc.record({ channel: oneOf('sms', 'whatsapp'), completed_at: fc.option(someTime) })
const message = fc.record({
  status: oneOf('pending', 'sent', 'sent', 'sent', 'failed', 'skipped', 'unknown'),
  delivery: fc.option(oneOf('submitted', 'undelivered', 'delivered', 'read')),
  created_at: someTime,
  updated_at: someTime,
})

/** Fills empty tables. The same world for the same seed. */
export async function fillWorld(db: Kysely<Database>, seed: number): Promise<World> {
  const sampled = <T>(arbitrary: Arbitrary<T>, count: number) => fc.sample(arbitrary, { numRuns: count, seed })
  const people = [...new Map(sampled(customer, CUSTOMERS).map((one) => [one.phone, one])).values()]
  const ids = await db
    .insertInto('customers')
    .values(people.map((one) => ({ ...one, tags: [...one.tags] })))
    .returning(['id', 'phone'])
    .execute()
  const idOf = new Map(ids.map(({ id, phone }) => [phone, id]))
  const customers = people.map((one) => ({ ...one, id: idOf.get(one.phone) ?? 0 }))
  await db
    .insertInto('attributes')
    .values(Object.entries(types).map(([name, type]) => ({ name, type, description: null })))
    .execute()
  const campaigns = await insertCampaigns(db, sampled(campaign, CAMPAIGNS))
  const messages = await insertMessages(db, customers, campaigns, seed)
  return { now: NOW, types, customers, campaigns, messages, segments: new Map() }
}

async function insertCampaigns(
  db: Kysely<Database>,
  given: readonly Omit<TestCampaign, 'id'>[],
): Promise<TestCampaign[]> {
  const rows = await db
    .insertInto('campaigns')
    .values(
      given.map((one, nth) => ({ ...one, name: `Campaign ${nth}`, base_template: 'Hi', sender: null, max_rate: null })),
    )
    .returning('id')
    .execute()
  return given.map((one, nth) => ({ ...one, id: rows[nth]?.id ?? 0 }))
}

async function insertMessages(
  db: Kysely<Database>,
  customers: readonly TestCustomer[],
  campaigns: readonly TestCampaign[],
  seed: number,
): Promise<TestMessage[]> {
  // A third of the customers has a message of no campaign.
  const pairs = campaigns.flatMap(({ id }) =>
    customers.filter((one) => one.id % 3 > 0 && (one.id + id) % 4 > 0).map((one) => [id, one.id] as const),
  )
  const given = fc.sample(message, { numRuns: pairs.length, seed })
  const messages = pairs.flatMap(([campaign_id, customer_id], nth): TestMessage[] => {
    const one = given[nth]
    if (!one) return []
    const { status, delivery, created_at } = one
    const updated_at = status === 'pending' ? null : one.updated_at
    return [{ campaign_id, customer_id, status, delivery: status === 'sent' ? delivery : null, created_at, updated_at }]
  })
  const rows = messages.map(
    (one) =>
      sql`(${one.campaign_id}::int, ${one.customer_id}::int, ${one.status}::message_status, ${one.delivery}::delivery,
        ${one.created_at}::timestamptz, ${one.updated_at}::timestamptz)`,
  )
  await sql`insert into outbound_messages (campaign_id, customer_id, status, delivery, created_at, updated_at)
    values ${sql.join(rows)}`.execute(db)
  return messages
}

export type TestRule = Readonly<Record<string, unknown>>

const textTest = fc.oneof(
  fc.record({ is: oneOf(...texts) }),
  fc.record({ is_not: oneOf(...texts) }),
  fc.record({ in: fc.array(oneOf(...texts), { minLength: 1, maxLength: 4 }) }),
  fc.record({ contains: oneOf(...texts, 'i', 'ROB', 'ss', '%', '_', "'", '\\', 'Ü', 'ø') }),
  fc.record({ starts_with: oneOf(...texts, 'nai', 'ZU', 'str', '%', 'a') }),
  fc.record({ exists: fc.boolean() }),
)
const phoneTest = fc.oneof(
  fc.record({ is: phones }),
  fc.record({ is_not: phones }),
  fc.record({ in: fc.array(phones, { minLength: 1, maxLength: 3 }) }),
  fc.record({ starts_with: oneOf('+', '+254', '+25', '+1212') }),
  fc.record({ contains: oneOf('254', '+4', '00', '7') }),
)
const countryTest = fc.oneof(
  fc.record({ is: oneOf(...countries) }),
  fc.record({ is_not: oneOf(...countries) }),
  fc.record({ in: fc.array(oneOf(...countries), { minLength: 1, maxLength: 3 }) }),
)
const numberTest = fc.oneof(
  ...(['is', 'is_not', 'at_least', 'at_most'] as const).map((name) => fc.record({ [name]: oneOf(...numbers) })),
  fc.record({ in: fc.array(oneOf(...numbers), { minLength: 1, maxLength: 3 }) }),
  fc.record({ exists: fc.boolean() }),
)
const booleanTest = fc.oneof(
  ...(['is', 'is_not', 'exists'] as const).map((name) => fc.record({ [name]: fc.boolean() })),
)
const dayTests = [
  ...(['is', 'is_not', 'before', 'after'] as const).map((name) => fc.record({ [name]: someDay })),
  fc.record({ in: fc.array(someDay, { minLength: 1, maxLength: 3 }) }),
]
const dateTest = fc.oneof(...dayTests, fc.record({ within_days: days }), fc.record({ exists: fc.boolean() }))
const timeTest = fc.oneof(
  ...dayTests,
  fc.record({ within_days: fc.nat(40) }),
  fc.record({ before: someTime.map((time) => time.toISOString()) }),
  fc.record({ after: someTime.map((time) => time.toISOString().replace('Z', '+00:00')) }),
)

const texted = ['first_name', 'last_name', 'location', 'prefered_product', 'preferred_product', 'attributes.city']
const tests: readonly (readonly [readonly string[], Arbitrary<object>])[] = [
  [texted, textTest],
  [['language'], fc.oneof(textTest, fc.record({ starts_with: oneOf('EN', 's') }))],
  [['time_zone'], fc.oneof(textTest, fc.record({ is: oneOf('africa/nairobi', 'Europe/Berlin') }))],
  [['phone'], phoneTest],
  [['country'], countryTest],
  [['created_at'], timeTest],
  [['attributes.points'], numberTest],
  [['attributes.member'], booleanTest],
  [['attributes.renews'], dateTest],
]
const fieldRule = fc.oneof(
  ...tests.map(([names, test]) => fc.tuple(oneOf(...names), test).map(([field, one]) => ({ field, ...one }))),
)

const outcomes = ['pending', 'sent', 'failed', 'skipped', 'unknown', 'awaiting', 'delivered', 'undelivered', 'read']

function conditionOf({ campaigns, segments }: World): Arbitrary<TestRule> {
  const activity = fc.oneof(
    fc.record(
      {
        campaign: oneOf(...campaigns.map(({ id }) => id)),
        outcome: fc.uniqueArray(oneOf(...outcomes), { minLength: 1, maxLength: 3 }),
        within_days: fc.nat(40),
      },
      { requiredKeys: ['campaign'] },
    ),
    fc.record(
      { received_within_days: fc.nat(40), channel: oneOf('sms', 'whatsapp') },
      { requiredKeys: ['received_within_days'] },
    ),
    fc.record({ never_written_to: fc.boolean() }),
  )
  const others = [
    activity,
    fc.record({ tag: oneOf(...tags, 'VIP', 'other') }),
    ...(segments.size > 0 ? [fc.record({ segment: oneOf(...segments.keys()) })] : []),
  ]
  return fc.oneof({ arbitrary: fieldRule, weight: 4 }, ...others.map((arbitrary) => ({ arbitrary, weight: 1 })))
}

/** Valid rules, some of which are too long. */
export function rulesOf(world: World): Arbitrary<TestRule> {
  const condition = conditionOf(world)
  const { rule } = fc.letrec<{ rule: TestRule }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      condition,
      fc.record({ not: tie('rule') }),
      fc.record({ all: fc.array(tie('rule'), { minLength: 1, maxLength: 4 }) }),
      fc.record({ any: fc.array(tie('rule'), { minLength: 1, maxLength: 4 }) }),
    ),
  }))
  return rule
}

/** False for a rule with more conditions than one may have, all in all or on messages. */
export function isShort(rule: TestRule, world: World): boolean {
  const names = conditionNames(rule, world)
  return names.length <= 200 && names.filter((name) => !['field', 'tag'].includes(name)).length <= 20
}

function conditionNames(rule: TestRule, world: World): string[] {
  const group = (rule.all ?? rule.any) as readonly TestRule[] | undefined
  if (group) return group.flatMap((one) => conditionNames(one, world))
  const inner = rule.not ?? world.segments.get(rule.segment as number)
  return inner ? conditionNames(inner as TestRule, world) : Object.keys(rule).slice(0, 1)
}
