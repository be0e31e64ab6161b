/** Operators of a rule: which of them each type of field has, and the values that they take. Pure. */
import { parseTime } from '../../http/time.ts'
import { isBlank } from '../../text/invisible.ts'
import { textProblem, typeName } from '../../text/text.ts'
import { type AttributeType, isDate } from '../contacts/attributes.ts'
import { callingCodeOf } from '../text/country.ts'
import { type Field, MAX_DAYS, MAX_LISTED, MAX_TEXT, type Test } from './rule.ts'

export type FieldType = Field['type']

export const operators = [
  'is',
  'is_not',
  'in',
  'contains',
  'starts_with',
  'at_least',
  'at_most',
  'before',
  'after',
  'within_days',
  'exists',
] as const
export type Operator = (typeof operators)[number]

const equality = ['is', 'is_not', 'in'] as const

/** Operators of each type. */
export const operatorsOf: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: [...equality, 'contains', 'starts_with', 'exists'],
  phone: [...equality, 'contains', 'starts_with'],
  country: equality,
  number: [...equality, 'at_least', 'at_most', 'exists'],
  boolean: ['is', 'is_not', 'exists'],
  date: [...equality, 'before', 'after', 'within_days', 'exists'],
  time: [...equality, 'before', 'after', 'within_days'],
} satisfies Readonly<Record<AttributeType | 'phone' | 'country' | 'time', readonly Operator[]>>

/** `negated`: customers that do not pass fit. */
export interface ReadTest {
  readonly test: Test
  readonly negated: boolean
}

/** Adds a problem with a value: the rest of a sentence that begins with its place. */
export type Refuse = (problem: string, at?: string) => void

/** @returns undefined after a call to `refuse` */
export function readTest(type: FieldType, operator: Operator, value: unknown, refuse: Refuse): ReadTest | undefined {
  const problemOf = problems[type]
  const plain = (test: Test): ReadTest => ({ test, negated: false })
  const checked = <T>(problem: string | undefined, make: () => T): T | undefined =>
    problem === undefined ? make() : void refuse(problem)
  switch (operator) {
    case 'is':
    case 'is_not':
      return checked(problemOf(value), () => ({
        test: { operator: 'in', values: [value as string] },
        negated: operator === 'is_not',
      }))
    case 'in': {
      const values = readList(problemOf, value, refuse)
      return values && plain({ operator: 'in', values })
    }
    case 'contains':
    case 'starts_with':
      return checked(partProblem(type, operator, value), () => plain({ operator, values: [value as string] }))
    case 'at_least':
    case 'at_most':
      return checked(problemOf(value), () => plain({ operator, value: value as number }))
    case 'before':
    case 'after':
      return checked(momentProblem(type, value), () => plain({ operator, value: value as string }))
    case 'within_days':
      return checked(daysProblem(value, type === 'date' ? -MAX_DAYS : 0), () =>
        plain({ operator, days: value as number }),
      )
    case 'exists':
      return checked(booleanProblem(value), () => ({ test: { operator }, negated: value === false }))
  }
}

type Problem = (value: unknown) => string | undefined

/** @returns undefined after a call to `refuse` */
function readList(problemOf: Problem, value: unknown, refuse: Refuse): (string | number)[] | undefined {
  if (!Array.isArray(value)) return void refuse(`must be a list of values, not ${typeName(value)}`)
  if (value.length === 0 || value.length > MAX_LISTED) return void refuse(`must hold 1 to ${MAX_LISTED} values`)
  for (const [nth, one] of value.entries()) {
    const problem = problemOf(one)
    if (problem !== undefined) return void refuse(problem, `[${nth}]`)
  }
  return value
}

/** The fault of text that a rule may hold. */
export function wordProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be text, not ${typeName(value)}`
  return textProblem(value, MAX_TEXT) ?? (showsNothing(value) ? 'must not be empty' : undefined)
}

/** Accents without a letter fold to nothing, which every text would contain. */
const showsNothing = (value: string) => isBlank(value.replace(/\p{M}/gu, ''))

function numberProblem(value: unknown): string | undefined {
  if (typeof value !== 'number') return `must be a number, not ${typeName(value)}`
  return Number.isFinite(value) ? undefined : 'must be a finite number'
}

function booleanProblem(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : `must be true or false, not ${typeName(value)}`
}

const someDay = 'a day as text, such as "2030-01-31"'

function dayProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be ${someDay}, not ${typeName(value)}`
  return isDate(value) ? undefined : `must be ${someDay}`
}

function phoneProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a phone number as text, not ${typeName(value)}`
  return /^\+[1-9]\d{6,14}$/.test(value) ? undefined : 'must be a phone number in E.164, such as "+254712345678"'
}

function countryProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be the code of a country as text, not ${typeName(value)}`
  const code = /^[A-Z]{2}$/.test(value) ? callingCodeOf(value) : undefined
  if (code === undefined) return 'must be the code of a country in capital letters, such as "KE"'
  return code.shared
    ? `must be a country with a calling code of its own, and others have +${code.code} too: use phone and starts_with`
    : undefined
}

const problems: Readonly<Record<FieldType, Problem>> = {
  text: wordProblem,
  phone: phoneProblem,
  country: countryProblem,
  number: numberProblem,
  boolean: booleanProblem,
  date: dayProblem,
  time: dayProblem,
}

function partProblem(type: FieldType, operator: 'contains' | 'starts_with', value: unknown): string | undefined {
  const problem = wordProblem(value)
  if (problem !== undefined || type !== 'phone') return problem
  const [pattern, form] =
    operator === 'starts_with'
      ? [/^\+\d{0,15}$/, 'the beginning of a phone number in E.164, such as "+2547"']
      : [/^\+?\d{1,15}$/, 'digits of a phone number in E.164, such as "712"']
  return pattern.test(value as string) ? undefined : `must be ${form}`
}

/** A time may be compared with a day or with a time. */
function momentProblem(type: FieldType, value: unknown): string | undefined {
  if (type !== 'time' || (typeof value === 'string' && !/[Tt ]/.test(value))) return dayProblem(value)
  if (typeof value !== 'string') return `must be a day or a time as text, not ${typeName(value)}`
  const parsed = parseTime(value)
  return parsed.ok ? undefined : parsed.reason
}

/** @param least negative where days ahead may be meant */
export function daysProblem(value: unknown, least = 0): string | undefined {
  if (typeof value !== 'number') return `must be a whole number of days, not ${typeName(value)}`
  return Number.isInteger(value) && value >= least && value <= MAX_DAYS
    ? undefined
    : `must be a whole number from ${least} to ${MAX_DAYS}`
}
