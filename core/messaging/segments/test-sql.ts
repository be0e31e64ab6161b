/** Tests of a customer's fields as SQL. Null where the field has no value. */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseTime } from '../../http/time.ts'
import { callingCodeOf } from '../text/country.ts'
import { dayAfter } from './days.ts'
import type { Field, Resolved, Test } from './rule.ts'
import { isContained, type Subjects, textOf } from './subjects.ts'

type Bool = RawBuilder<SqlBool>
type Subject = RawBuilder<unknown>

export interface Values {
  /** Days are counted from this one, `YYYY-MM-DD`. */
  readonly today: string
  /** Texts of the rule as the database folds them. */
  readonly folded: ReadonlyMap<string, string>
}

/** Texts that are compared folded. */
export function textsIn(rule: Resolved): string[] {
  if (rule.kind === 'all' || rule.kind === 'any') return rule.of.flatMap(textsIn)
  if (rule.kind === 'not') return textsIn(rule.of)
  return rule.kind === 'field' && rule.field.type === 'text' && 'values' in rule.test
    ? rule.test.values.map(String)
    : []
}

export function testOf(field: Field, test: Test, subjects: Subjects, values: Values): Bool {
  if (field.type === 'text' && test.operator === 'exists') return sql`btrim(${textOf(field)}, E' \\t\\r\\n') <> ''`
  if (isContained(field, test) && test.operator === 'in')
    return sql`customers.attributes @> ${{ [field.attribute]: test.values[0] }}::jsonb`
  const subject = subjects.of(field)
  if (test.operator === 'exists') return sql`${subject} is not null`
  switch (field.type) {
    case 'text':
      return testText(subject, test, values)
    case 'phone':
      return testPhone(subject, test)
    case 'country':
      return testCountry(subject, test)
    case 'time':
      return testTime(subject, test, values)
    case 'number':
      return testNumber(subject, test)
    case 'boolean':
      return testBoolean(subject, test)
    case 'date':
      return testDate(subject, test, values)
  }
}

/** A single value without a list: PostgreSQL knows how rare it is. */
function isAmong(subject: Subject, list: readonly unknown[], type: 'text' | 'float8'): Bool {
  const different = [...new Set(list)]
  const [one, ...others] = different
  const typed = sql.raw(type)
  return others.length === 0 ? sql`${subject} = ${one}::${typed}` : sql`${subject} = any(${different}::${typed}[])`
}

function testText(subject: Subject, test: Test, { folded }: Values): Bool {
  const fold = (text: string | number | boolean) => folded.get(String(text)) ?? String(text)
  switch (test.operator) {
    case 'in':
      return isAmong(subject, test.values.map(fold), 'text')
    case 'contains':
      return isLike(subject, test.values.map(fold), (text) => `%${text}%`)
    case 'starts_with':
      return isLike(subject, test.values.map(fold), (text) => `${text}%`)
    default:
      return unknownTest('text', test)
  }
}

/** Wildcards of the texts stand for themselves. */
function isLike(subject: Subject, texts: readonly string[], pattern: (escaped: string) => string): Bool {
  const patterns = [...new Set(texts)].map((text) => pattern(text.replace(/[\\%_]/g, '\\$&')))
  const [one, ...others] = patterns
  return others.length === 0 ? sql`${subject} like ${one}::text` : sql`${subject} like any(${patterns}::text[])`
}

function testPhone(phone: Subject, test: Test): Bool {
  switch (test.operator) {
    case 'in':
      return isAmong(phone, test.values, 'text')
    case 'contains':
      return isLike(phone, test.values, (digits) => `%${digits}%`)
    case 'starts_with':
      return beginsWithAny(phone, test.values)
    default:
      return unknownTest('phone', test)
  }
}

/** Ranges of the index on phones: PostgreSQL takes none for a list of patterns. Phones hold no wildcards. */
const beginsWithAny = (phone: Subject, starts: readonly string[]): Bool =>
  sql`(${sql.join(
    [...new Set(starts)].map((start) => sql`${phone} like ${`${start}%`}::text`),
    sql` or `,
  )})`

/** No calling code is the beginning of another. */
function testCountry(phone: Subject, test: Test): Bool {
  if (test.operator !== 'in') return unknownTest('country', test)
  return beginsWithAny(
    phone,
    test.values.map((country) => `+${callingCodeOf(String(country))?.code}`),
  )
}

function testNumber(number: Subject, test: Test): Bool {
  switch (test.operator) {
    case 'in':
      return isAmong(number, test.values, 'float8')
    case 'at_least':
      return sql`${number} >= ${test.value}::float8`
    case 'at_most':
      return sql`${number} <= ${test.value}::float8`
    default:
      return unknownTest('number', test)
  }
}

function testBoolean(boolean: Subject, test: Test): Bool {
  if (test.operator !== 'in') return unknownTest('boolean', test)
  const [one, ...others] = new Set(test.values)
  return others.length === 0 ? sql`${boolean} = ${one === true}::boolean` : sql`${boolean} is not null`
}

/** Days in ISO 8601 are in the order of their text. */
function testDate(day: Subject, test: Test, { today }: Values): Bool {
  const ordered = sql`${day} collate "C"`
  switch (test.operator) {
    case 'in':
      return isAmong(day, test.values, 'text')
    case 'before':
      return sql`${ordered} < ${test.value}::text`
    case 'after':
      return sql`${ordered} > ${test.value}::text`
    case 'within_days': {
      const [first, last] = spanOf(test.days, today)
      return sql`${ordered} between ${first}::text and ${last}::text`
    }
    default:
      return unknownTest('date', test)
  }
}

/** Today and so many days before it; ahead of it where the number is negative. */
const spanOf = (days: number, today: string): readonly [string, string] =>
  days < 0 ? [today, dayAfter(today, -days)] : [dayAfter(today, -days), today]

export const startOf = (day: string) => sql<Date>`(${day}::text::date::timestamp at time zone 'UTC')`
const endOf = (day: string) => sql<Date>`((${day}::text::date + 1)::timestamp at time zone 'UTC')`

/** Bounds of a value: those of a day in UTC, or the time itself. */
function boundsOf(value: string) {
  const parsed = parseTime(value)
  if (!parsed.ok) return { before: sql`< ${startOf(value)}`, after: sql`>= ${endOf(value)}` }
  const time = sql`${parsed.time.toISOString()}::text::timestamptz`
  return { before: sql`< ${time}`, after: sql`> ${time}` }
}

function testTime(time: Subject, test: Test, { today }: Values): Bool {
  const within = (first: string, last: string) =>
    sql<SqlBool>`${time} >= ${startOf(first)} and ${time} < ${endOf(last)}`
  switch (test.operator) {
    case 'in': {
      const [only, ...more] = test.values.map(String)
      if (only !== undefined && more.length === 0) return within(only, only)
      return sql`(${time} at time zone 'UTC')::date = any(${test.values}::text[]::date[])`
    }
    case 'before':
    case 'after':
      return sql`${time} ${boundsOf(test.value)[test.operator]}`
    case 'within_days':
      return within(...spanOf(test.days, today))
    default:
      return unknownTest('time', test)
  }
}

/** Never happens to a rule that was read. */
function unknownTest(type: Field['type'], { operator }: Test): never {
  throw new Error(`Cannot compile "${operator}" of a ${type}`)
}
