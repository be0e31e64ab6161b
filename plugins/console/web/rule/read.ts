/** Reads a rule of the API into parts of the builder. What has no exact form there stays as it is, as JSON. Pure. */
import { type AttributeTypes, isDate } from '../../../../core/messaging/contacts/attributes.ts'
import { channels } from '../api/types.ts'
import {
  type Condition,
  type FieldType,
  type Group,
  MAX_GROUPS,
  newId,
  type Operator,
  operatorsOf,
  opposites,
  type Part,
  type Raw,
  type RuleOutcome,
  ruleOutcomes,
  typeOf,
} from './parts.ts'

type Json = Readonly<Record<string, unknown>>

/** The whole rule. One that is a single condition becomes a group of it. */
export function readParts(rule: unknown, types: AttributeTypes): Group {
  const part = readPart(rule, types, 1)
  return part.kind === 'group' ? part : { id: newId(), kind: 'group', match: 'all', of: [part] }
}

/** @param level of the groups that the part may begin, from 1 */
export function readPart(rule: unknown, types: AttributeTypes, level: number): Part {
  return readCondition(rule, types) ?? readGroup(rule, types, level) ?? keep(rule)
}

const keep = (rule: unknown): Raw => ({ id: newId(), kind: 'raw', text: JSON.stringify(rule, null, 2) })

function readGroup(rule: unknown, types: AttributeTypes, level: number): Group | undefined {
  if (!isObject(rule) || level > MAX_GROUPS) return undefined
  const inside = (list: readonly unknown[]) => list.map((one) => readPart(one, types, level + 1))
  if (hasOnly(rule, ['not'])) {
    const { not } = rule
    const list = isObject(not) && hasOnly(not, ['any']) ? listOf(not.any) : undefined
    return { id: newId(), kind: 'group', match: 'none', of: inside(list ?? [not]) }
  }
  for (const match of ['all', 'any'] as const) {
    const list = hasOnly(rule, [match]) ? listOf(rule[match]) : undefined
    if (list) return { id: newId(), kind: 'group', match, of: inside(list) }
  }
  return undefined
}

const listOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value : undefined

/** A condition, or one that is negated where the builder has words for that. */
function readCondition(rule: unknown, types: AttributeTypes): Condition | undefined {
  if (!isObject(rule)) return undefined
  if (!hasOnly(rule, ['not'])) return readPlain(rule, types)
  const inner = isObject(rule.not) ? readPlain(rule.not, types) : undefined
  return inner && negate(inner)
}

function negate(condition: Condition): Condition | undefined {
  if (condition.kind === 'written') return { ...condition, never: !condition.never }
  if (condition.kind !== 'field') return { ...condition, negated: true }
  const operator = opposites[condition.operator]
  return operator && { ...condition, operator }
}

function readPlain(rule: Json, types: AttributeTypes): Condition | undefined {
  if (Object.hasOwn(rule, 'field')) return readField(rule, types)
  if (hasOnly(rule, ['tag']))
    return isLine(rule.tag) ? { id: newId(), kind: 'tag', negated: false, tag: rule.tag } : undefined
  if (hasOnly(rule, ['segment']))
    return isId(rule.segment) ? { id: newId(), kind: 'segment', negated: false, segment: rule.segment } : undefined
  if (hasOnly(rule, ['never_written_to'])) {
    const never = rule.never_written_to
    return typeof never === 'boolean' ? { id: newId(), kind: 'written', never } : undefined
  }
  return readCampaign(rule) ?? readReceived(rule)
}

function readCampaign(rule: Json): Condition | undefined {
  const { campaign, outcome = [], within_days } = rule
  if (!isId(campaign) || !Object.keys(rule).every((key) => ['campaign', 'outcome', 'within_days'].includes(key)))
    return undefined
  if (!Array.isArray(outcome) || !outcome.every(isOutcome) || new Set(outcome).size < outcome.length) return undefined
  if (Object.hasOwn(rule, 'outcome') && outcome.length === 0) return undefined
  if (Object.hasOwn(rule, 'within_days') && !isDays(within_days)) return undefined
  const days = within_days === undefined ? '' : String(within_days)
  return { id: newId(), kind: 'campaign', negated: false, campaign, outcomes: outcome, days }
}

function readReceived(rule: Json): Condition | undefined {
  const { received_within_days: days, channel: given } = rule
  const channel = channels.find((one) => one === given) ?? ''
  const known = given === undefined ? ['received_within_days'] : ['received_within_days', 'channel']
  if (!hasOnly(rule, known) || !isDays(days) || (given !== undefined && channel === '')) return undefined
  return { id: newId(), kind: 'received', negated: false, days: String(days), channel }
}

function readField(rule: Json, types: AttributeTypes): Condition | undefined {
  const [key, ...others] = Object.keys(rule).filter((one) => one !== 'field')
  if (typeof rule.field !== 'string' || key === undefined || others.length > 0) return undefined
  const field = rule.field === 'preferred_product' ? 'prefered_product' : rule.field
  const type = typeOf(field, types)
  const test = type && readTest(type, key, rule[key])
  return test && operatorsOf[type].includes(test.operator) ? { id: newId(), kind: 'field', field, ...test } : undefined
}

interface ReadTest {
  readonly operator: Operator
  readonly value: string
}

function readTest(type: FieldType, key: string, given: unknown): ReadTest | undefined {
  switch (key) {
    case 'exists':
      return typeof given === 'boolean' ? { operator: given ? 'exists' : 'not_exists', value: '' } : undefined
    case 'within_days':
      if (typeof given !== 'number' || !Number.isInteger(given)) return undefined
      return { operator: given < 0 ? 'within_next' : 'within_last', value: String(Math.abs(given)) }
    case 'in': {
      const values = listOf(given)?.map((one) => textOf(type, one))
      return values?.every((one) => one !== undefined) ? { operator: 'in', value: values.join('\n') } : undefined
    }
    case 'is':
    case 'is_not':
    case 'contains':
    case 'starts_with':
    case 'at_least':
    case 'at_most':
    case 'before':
    case 'after': {
      const value = textOf(type, given)
      return value === undefined ? undefined : { operator: key, value }
    }
    default:
      return undefined
  }
}

/** A value as it is typed; undefined where a field of the form would change it. */
function textOf(type: FieldType, value: unknown): string | undefined {
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
  if (type === 'boolean') return typeof value === 'boolean' ? String(value) : undefined
  if (!isLine(value)) return undefined
  if (type === 'date' || type === 'time') return isDate(value) ? value : undefined
  return type === 'country' && !/^[A-Z]{2}$/.test(value) ? undefined : value
}

/** Text that a field of one line keeps as it is. */
const isLine = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value === value.trim() && !/[\r\n]/.test(value)
const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0
const isDays = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isOutcome = (value: unknown): value is RuleOutcome =>
  typeof value === 'string' && Object.hasOwn(ruleOutcomes, value)
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const hasOnly = (rule: Json, keys: readonly string[]) =>
  Object.keys(rule).length === keys.length && keys.every((key) => Object.hasOwn(rule, key))
