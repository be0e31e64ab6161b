/** A rule as the builder shows it: groups of conditions, each as it is typed so far, and parts that are kept as JSON. Pure. */
import type { AttributeType, AttributeTypes } from '../../../../core/messaging/contacts/attributes.ts'
import type { Channel } from '../api/types.ts'

export type FieldType = AttributeType | 'phone' | 'country' | 'time'

export const operatorWords = {
  is: 'is',
  is_not: 'is not',
  in: 'is one of',
  not_in: 'is none of',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  not_starts_with: 'does not start with',
  at_least: 'is at least',
  at_most: 'is at most',
  before: 'is before',
  after: 'is after',
  within_last: 'is within the last',
  within_next: 'is within the next',
  exists: 'is known',
  not_exists: 'is not known',
} as const
export type Operator = keyof typeof operatorWords

const equality = ['is', 'is_not', 'in', 'not_in'] as const
const parts = ['contains', 'not_contains', 'starts_with', 'not_starts_with'] as const
const existence = ['exists', 'not_exists'] as const

/** Operators of each type, in the order of the list that a person chooses from. */
export const operatorsOf: Readonly<Record<FieldType, readonly [Operator, ...Operator[]]>> = {
  text: [...equality, ...parts, ...existence],
  phone: ['starts_with', 'not_starts_with', 'contains', 'not_contains', ...equality],
  country: equality,
  number: ['at_least', 'at_most', ...equality, ...existence],
  boolean: ['is', 'is_not', ...existence],
  date: ['within_last', 'within_next', 'before', 'after', ...equality, ...existence],
  time: ['within_last', 'before', 'after', ...equality],
}

/** For each operator that a rule of the API may have: the one that holds for exactly those for whom it does not. */
export const opposites: Readonly<Partial<Record<Operator, Operator>>> = {
  is: 'is_not',
  is_not: 'is',
  in: 'not_in',
  contains: 'not_contains',
  starts_with: 'not_starts_with',
  exists: 'not_exists',
  not_exists: 'exists',
}

export const isList = (operator: Operator) => operator === 'in' || operator === 'not_in'
export const isSpan = (operator: Operator) => operator === 'within_last' || operator === 'within_next'
export const isBare = (operator: Operator) => operator === 'exists' || operator === 'not_exists'

export const ruleOutcomes = {
  pending: 'not tried yet',
  sent: 'sent',
  awaiting: 'sent, no receipt yet',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'unknown',
} as const
export type RuleOutcome = keyof typeof ruleOutcomes

interface Identified {
  /** Stays the same while the part is edited. */
  readonly id: string
}

/** `none`: customers whom no part fits. */
export type Match = 'all' | 'any' | 'none'
export interface Group extends Identified {
  readonly kind: 'group'
  readonly match: Match
  readonly of: readonly Part[]
}

export interface FieldCondition extends Identified {
  readonly kind: 'field'
  readonly field: string
  readonly operator: Operator
  /** As typed; a list has a value on each line. */
  readonly value: string
}
export interface TagCondition extends Identified {
  readonly kind: 'tag'
  readonly negated: boolean
  readonly tag: string
}
export interface SegmentCondition extends Identified {
  readonly kind: 'segment'
  readonly negated: boolean
  readonly segment: number | undefined
}
export interface CampaignCondition extends Identified {
  readonly kind: 'campaign'
  readonly negated: boolean
  readonly campaign: number | undefined
  /** None: any. */
  readonly outcomes: readonly RuleOutcome[]
  /** Empty: at any time. */
  readonly days: string
}
export interface ReceivedCondition extends Identified {
  readonly kind: 'received'
  readonly negated: boolean
  readonly days: string
  /** Empty: any. */
  readonly channel: Channel | ''
}
export interface WrittenCondition extends Identified {
  readonly kind: 'written'
  readonly never: boolean
}
/** JSON that the builder has no form for. */
export interface Raw extends Identified {
  readonly kind: 'raw'
  readonly text: string
}

export type Condition =
  | FieldCondition
  | TagCondition
  | SegmentCondition
  | CampaignCondition
  | ReceivedCondition
  | WrittenCondition
export type Part = Group | Condition | Raw

/** Levels of groups that the builder shows; what is deeper is JSON. */
export const MAX_GROUPS = 3

let lastId = 0
export const newId = (): string => `part-${++lastId}`

const fixedFields: Readonly<Record<string, readonly [name: string, type: FieldType]>> = {
  first_name: ['First name', 'text'],
  last_name: ['Last name', 'text'],
  location: ['Location', 'text'],
  prefered_product: ['Preferred product', 'text'],
  phone: ['Phone', 'phone'],
  country: ['Country of the phone', 'country'],
  language: ['Language', 'text'],
  time_zone: ['Time zone', 'text'],
  created_at: ['Added on', 'time'],
}
export const fieldOptions = Object.entries(fixedFields).map(([field, [name]]) => [field, name] as const)

/** @returns undefined for a field that is not known, or an attribute that is not declared */
export function typeOf(field: string, types: AttributeTypes): FieldType | undefined {
  if (Object.hasOwn(fixedFields, field)) return fixedFields[field]?.[1]
  return field.startsWith('attributes.') ? types.get(field.slice('attributes.'.length)) : undefined
}

/** A condition on this subject, with nothing typed yet. */
export function beginField(field: string, types: AttributeTypes): FieldCondition {
  const type = typeOf(field, types) ?? 'text'
  return { id: newId(), kind: 'field', field, operator: operatorsOf[type][0], value: type === 'boolean' ? 'true' : '' }
}

const beginnings: Readonly<Record<Exclude<Condition['kind'], 'field'>, () => Condition>> = {
  tag: () => ({ id: newId(), kind: 'tag', negated: false, tag: '' }),
  segment: () => ({ id: newId(), kind: 'segment', negated: false, segment: undefined }),
  campaign: () => ({ id: newId(), kind: 'campaign', negated: false, campaign: undefined, outcomes: [], days: '' }),
  received: () => ({ id: newId(), kind: 'received', negated: false, days: '30', channel: '' }),
  written: () => ({ id: newId(), kind: 'written', never: true }),
}

/** @param subject name of a field, or `tag:` and its like for other conditions */
export function begin(subject: string, types: AttributeTypes): Condition {
  const kind = subject.endsWith(':') ? subject.slice(0, -1) : ''
  return Object.hasOwn(beginnings, kind) ? beginnings[kind as keyof typeof beginnings]() : beginField(subject, types)
}
export const subjectOf = (condition: Condition): string =>
  condition.kind === 'field' ? condition.field : `${condition.kind}:`

export const beginGroup = (match: Match, types: AttributeTypes): Group => ({
  id: newId(),
  kind: 'group',
  match,
  of: [beginField('location', types)],
})
