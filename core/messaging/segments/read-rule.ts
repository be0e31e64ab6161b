/** Reads rules from JSON that anybody may have sent: bounded in depth, number and size, with a problem for each fault. Pure. */
import type { ErrorDetail } from '../../errors.ts'
import { typeName } from '../../text/text.ts'
import type { AttributeTypes } from '../contacts/attributes.ts'
import { tagOf } from '../contacts/tags.ts'
import { readActivity } from './read-activity.ts'
import { readField } from './read-field.ts'
import { wordProblem } from './read-test.ts'
import { count, MAX_PROBLEMS, nearestTo, type Place, type Reading, readId, refuse, requireKeys } from './reading.ts'
import { type Condition, MAX_CONDITIONS, MAX_DEPTH } from './rule.ts'

export type ReadRule =
  | { readonly ok: true; readonly rule: Condition }
  | { readonly ok: false; readonly problems: readonly ErrorDetail[] }

/** @param root name of the rule in problems */
export function readRule(json: unknown, attributes: AttributeTypes, root = 'rule'): ReadRule {
  const reading: Reading = { attributes, problems: [], conditions: 0, characters: 0 }
  const rule = readCondition(reading, json, root, 1)
  return rule && reading.problems.length === 0
    ? { ok: true, rule }
    : { ok: false, problems: reading.problems.slice(0, MAX_PROBLEMS) }
}

type Form = (reading: Reading, place: Place, depth: number) => Condition | undefined

/** Forms of a condition, by the key that tells them apart. */
const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['all', (...call) => readGroup('all', ...call)],
  ['any', (...call) => readGroup('any', ...call)],
  ['not', readNot],
  ['field', readField],
  ['tag', readTag],
  ['segment', readSegment],
  ...(['campaign', 'received_within_days', 'never_written_to'] as const).map(
    (form) => [form, (reading: Reading, place: Place) => readActivity(reading, form, place)] as const,
  ),
])

const example = '{"field": "location", "is": "Nairobi"}'

function readCondition(reading: Reading, value: unknown, path: string, depth: number): Condition | undefined {
  if (reading.problems.length >= MAX_PROBLEMS) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(reading, path, `must be a rule such as ${example}, not ${typeName(value)}`)
  if (depth > MAX_DEPTH)
    return refuse(reading, path, `is more than ${MAX_DEPTH} levels deep: make a part of it a segment, and name that`)
  const place = { value: value as Place['value'], path }
  const [first, second] = [...forms.keys()].filter((key) => Object.hasOwn(value, key))
  if (first === undefined) return refuseShapeless(reading, place)
  if (second !== undefined)
    return refuse(reading, path, `holds both ${first} and ${second}: join them as rules of their own with all or any`)
  return forms.get(first)?.(reading, place, depth)
}

function refuseShapeless(reading: Reading, { value, path }: Place): undefined {
  const known = [...forms.keys()]
  const [key] = Object.keys(value)
  const meant = key === undefined ? undefined : nearestTo(key, known)
  return key !== undefined && meant !== undefined
    ? refuse(reading, `${path}.${key}`, `is not a known field: did you mean "${meant}"?`)
    : refuse(reading, path, `must hold one of ${known.join(', ')}`)
}

function readGroup(kind: 'all' | 'any', reading: Reading, place: Place, depth: number): Condition | undefined {
  const list = place.value[kind]
  const path = `${place.path}.${kind}`
  if (!requireKeys(reading, place, [kind])) return undefined
  if (!Array.isArray(list)) return refuse(reading, path, `must be a list of rules, not ${typeName(list)}`)
  if (list.length === 0 || list.length > MAX_CONDITIONS)
    return refuse(reading, path, `must hold 1 to ${MAX_CONDITIONS} rules`)
  const of = list.flatMap((one, nth) => readCondition(reading, one, `${path}[${nth}]`, depth + 1) ?? [])
  return { kind, of }
}

function readNot(reading: Reading, place: Place, depth: number): Condition | undefined {
  if (!requireKeys(reading, place, ['not'])) return undefined
  const of = readCondition(reading, place.value.not, `${place.path}.not`, depth + 1)
  return of && { kind: 'not', of }
}

function readTag(reading: Reading, place: Place): Condition | undefined {
  const { tag } = place.value
  const path = `${place.path}.tag`
  if (!requireKeys(reading, place, ['tag'])) return undefined
  const problem = wordProblem(tag)
  if (problem !== undefined) return refuse(reading, path, problem)
  return count(reading, path, tag) ? { kind: 'tag', tags: [tagOf(tag as string)] } : undefined
}

function readSegment(reading: Reading, place: Place): Condition | undefined {
  const path = `${place.path}.segment`
  if (!requireKeys(reading, place, ['segment'])) return undefined
  const id = readId(reading, place.value.segment, path, 'segment')
  return id !== undefined && count(reading, path) ? { kind: 'segment', id, path } : undefined
}
