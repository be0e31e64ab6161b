/** Writes the parts of the builder as a rule of the API, with the place of each part in it. Pure. */
import { type AttributeTypes, isDate } from '../../../../core/messaging/contacts/attributes.ts'
import {
  type Condition,
  type FieldCondition,
  type FieldType,
  type Group,
  isBare,
  isList,
  isSpan,
  type Operator,
  type Part,
  typeOf,
} from './parts.ts'

export interface Written {
  readonly rule: unknown
  /** Ids of the parts by their places, such as `rule.all[1]`. */
  readonly places: ReadonlyMap<string, string>
  /** Gaps of parts, such as a missing value, by their ids. Empty: the rule is complete. */
  readonly gaps: ReadonlyMap<string, string>
}

interface Writing {
  readonly types: AttributeTypes
  readonly places: Map<string, string>
  readonly gaps: Map<string, string>
}

/** Name of the rule in problems of the API. */
const ROOT = 'rule'

export function writeRule(root: Group, types: AttributeTypes): Written {
  const writing: Writing = { types, places: new Map(), gaps: new Map() }
  const [only, ...others] = root.of
  // A single condition is a rule by itself, so that reading and writing make no rule deeper.
  const isWrapped = root.match === 'all' && only !== undefined && others.length === 0
  const rule = write(isWrapped ? only : root, ROOT, writing)
  return { rule, places: writing.places, gaps: writing.gaps }
}

function write(part: Part, path: string, writing: Writing): unknown {
  writing.places.set(path, part.id)
  if (part.kind === 'group') return writeGroup(part, path, writing)
  const lack = (gap: string) => void writing.gaps.set(part.id, gap)
  if (part.kind !== 'raw') return writeCondition(part, writing.types, lack)
  try {
    return JSON.parse(part.text)
  } catch {
    return lack('This is not valid JSON')
  }
}

function writeGroup({ id, match, of }: Group, path: string, writing: Writing): unknown {
  if (of.length === 0) return void writing.gaps.set(id, 'Add a condition')
  const [first, ...others] = of
  if (match === 'none' && first && others.length === 0) return { not: write(first, `${path}.not`, writing) }
  const key = match === 'none' ? 'any' : match
  const at = match === 'none' ? `${path}.not.any` : `${path}.${match}`
  const list = { [key]: of.map((part, nth) => write(part, `${at}[${nth}]`, writing)) }
  return match === 'none' ? { not: list } : list
}

type Lack = (gap: string) => undefined

function writeCondition(condition: Condition, types: AttributeTypes, lack: Lack): unknown {
  switch (condition.kind) {
    case 'field':
      return writeField(condition, typeOf(condition.field, types), lack)
    case 'written':
      return { never_written_to: condition.never }
    default: {
      const rule = writePlain(condition, lack)
      return condition.negated ? { not: rule } : rule
    }
  }
}

function writePlain(condition: Exclude<Condition, { kind: 'field' | 'written' }>, lack: Lack): unknown {
  switch (condition.kind) {
    case 'tag':
      return condition.tag.trim() === '' ? lack('Enter a tag') : { tag: condition.tag.trim() }
    case 'segment':
      return condition.segment === undefined ? lack('Choose a segment') : { segment: condition.segment }
    case 'received': {
      const days = daysOf(condition.days)
      if (days === undefined) return lack(WHOLE_DAYS)
      return { received_within_days: days, ...(condition.channel !== '' && { channel: condition.channel }) }
    }
    case 'campaign': {
      const { campaign, outcomes, days } = condition
      const within = days.trim() === '' ? undefined : daysOf(days)
      if (campaign === undefined) return lack('Choose a campaign')
      if (days.trim() !== '' && within === undefined) return lack(WHOLE_DAYS)
      return {
        campaign,
        ...(outcomes.length > 0 && { outcome: outcomes }),
        ...(within !== undefined && { within_days: within }),
      }
    }
  }
}

const WHOLE_DAYS = 'Enter a whole number of days'
const daysOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined)

function writeField({ field, operator, value }: FieldCondition, type: FieldType | undefined, lack: Lack): unknown {
  if (type === undefined) return lack('This attribute is not there any more: choose another field')
  if (isBare(operator)) return { field, exists: operator === 'exists' }
  if (isSpan(operator)) {
    const days = daysOf(value)
    if (days === undefined) return lack(WHOLE_DAYS)
    // Not -0, which JSON does not know.
    return { field, within_days: operator === 'within_next' && days > 0 ? -days : days }
  }
  const given = isList(operator)
    ? value
        .split('\n')
        .map((one) => one.trim())
        .filter(Boolean)
    : [value.trim()]
  const values = given.map((one) => typedValue(type, one))
  if (values.length === 0 || values.includes(undefined)) return lack(gapOf(type, operator))
  const { key, negated } = keyOf(operator)
  const rule = { field, [key]: isList(operator) ? values : values[0] }
  return negated ? { not: rule } : rule
}

const keyOf = (operator: Operator) =>
  operator.startsWith('not_')
    ? { key: operator.slice('not_'.length), negated: true }
    : { key: operator, negated: false }

/** A plain number; `Number` alone would take hexadecimal digits too. */
const numberText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function typedValue(type: FieldType, text: string): string | number | boolean | undefined {
  switch (type) {
    case 'number':
      return numberText.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : undefined
    case 'date':
    case 'time':
      return isDate(text) ? text : undefined
    default:
      return text === '' ? undefined : text
  }
}

function gapOf(type: FieldType, operator: Operator): string {
  const list = isList(operator)
  if (type === 'number') return list ? 'Enter a number on each line' : 'Enter a number'
  if (type === 'date' || type === 'time') return list ? 'Enter a day on each line, such as 2030-01-31' : 'Choose a day'
  if (type === 'country') return 'Choose a country'
  return list ? 'Enter a value on each line' : 'Enter a value'
}

interface Detail {
  readonly path: string
  readonly message: string
}

/** Problems that the API names, by the ids of the innermost parts that they lie in. */
export function placeProblems(details: readonly Detail[], { places }: Pick<Written, 'places'>): Map<string, string> {
  const problems = new Map<string, string>()
  for (const { path, message } of details) {
    const id = partAt(path, places)
    if (id !== undefined && !problems.has(id)) problems.set(id, sentenceOf(path, message))
  }
  return problems
}

function partAt(path: string, places: ReadonlyMap<string, string>): string | undefined {
  const around = [...places.keys()].filter(
    (place) => path.startsWith(place) && /^(?:$|[.[])/.test(path.slice(place.length)),
  )
  const innermost = around.reduce((longest, place) => (place.length > longest.length ? place : longest), '')
  return places.get(innermost)
}

/** Messages of the API begin with their path, which is no word for people. */
const sentenceOf = (path: string, message: string): string =>
  message.startsWith(`${path} `) ? `This ${message.slice(path.length + 1)}` : message
