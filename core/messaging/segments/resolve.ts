/** Rules with the segments that they name put in their places: no circle, and no more conditions than one rule may hold. */
import type { Kysely } from 'kysely'
import { AppError, type ErrorDetail, errors } from '../../errors.ts'
import type { AttributeTypes } from '../contacts/attributes.ts'
import type { Database } from '../schema.ts'
import { type ReadRule, readRule } from './read-rule.ts'
import { type Condition, MAX_ACTIVITIES, MAX_CONDITIONS, type Resolved } from './rule.ts'

/** Segments that a rule names, that these name, and so on. */
const MAX_SEGMENTS = MAX_CONDITIONS

export type RuleTables = Pick<Database, 'attributes' | 'segments'>
type Db = Kysely<RuleTables>

/** @throws AppError INVALID_REQUEST with each problem and its place */
export function refuseRule(problems: readonly ErrorDetail[]): never {
  const [first] = problems
  const message =
    problems.length === 1 && first ? first.message : `The rule has ${problems.length} problems: see details`
  throw new AppError(errors.INVALID_REQUEST, message, problems)
}

export interface ResolveOptions {
  /** Segment whose rule it is: none that it names may lead back to it. */
  readonly of?: number
  /** Name of the rule in problems. */
  readonly root?: string
  /** Place of every problem; default: that of the condition. */
  readonly at?: string
}

export interface ResolvedRule {
  /** As it was read. */
  readonly rule: Condition
  readonly resolved: Resolved
}

/**
 * Reads a rule and those of the segments that it names.
 * @throws AppError INVALID_REQUEST with the place of each problem
 */
export async function resolveRule(
  db: Db,
  json: unknown,
  { of, root = 'rule', at }: ResolveOptions = {},
): Promise<ResolvedRule> {
  const attributes = await loadAttributes(db)
  const read = readRule(json, attributes, root)
  if (!read.ok) return refuseRule(read.problems)
  const segments = await loadSegments(db, attributes, read.rule, root)
  const total = { conditions: 0, activities: 0 }
  const trail = of === undefined ? [] : [of]
  return { rule: read.rule, resolved: put(read.rule, { segments, root, total, trail, at }) }
}

async function loadAttributes(db: Db): Promise<AttributeTypes> {
  const rows = await db.selectFrom('attributes').select(['name', 'type']).execute()
  return new Map(rows.map(({ name, type }) => [name, type]))
}

interface Loaded {
  readonly name: string
  readonly read: ReadRule
}
type Segments = ReadonlyMap<number, Loaded>

/** Reads the segments that a rule names, those that these name, and so on. */
async function loadSegments(db: Db, attributes: AttributeTypes, rule: Condition, root: string): Promise<Segments> {
  const loaded = new Map<number, Loaded>()
  for (let wanted = segmentsIn(rule); wanted.length > 0; ) {
    if (loaded.size + wanted.length > MAX_SEGMENTS)
      refuseRule([{ path: root, message: `${root} leads to more than ${MAX_SEGMENTS} segments` }])
    const rows = await db.selectFrom('segments').select(['id', 'name', 'rule']).where('id', 'in', wanted).execute()
    const found = rows.map(({ id, name, rule }) => ({ id, name, read: readRule(rule, attributes) }))
    for (const { id, ...segment } of found) loaded.set(id, segment)
    const named = found.flatMap(({ read }) => (read.ok ? segmentsIn(read.rule) : []))
    wanted = [...new Set(named)].filter((id) => !loaded.has(id))
  }
  return loaded
}

/** Ids of the segments that a rule names itself, each once. */
export const segmentsIn = (rule: Condition): number[] => [
  ...new Set(leavesOf(rule).flatMap((leaf) => (leaf.kind === 'segment' ? [leaf.id] : []))),
]

/** Conditions of a rule without all, any and not. */
export function leavesOf(rule: Condition): readonly Condition[] {
  if (rule.kind === 'not') return leavesOf(rule.of)
  return rule.kind === 'all' || rule.kind === 'any' ? rule.of.flatMap(leavesOf) : [rule]
}

interface Putting {
  readonly segments: Segments
  readonly root: string
  readonly total: { conditions: number; activities: number }
  /** Segments within whose rules the condition stands, from the outermost on. */
  readonly trail: readonly number[]
  /** Place in the whole rule of the outermost segment; undefined outside of any. */
  readonly at: string | undefined
}

function put(rule: Condition, putting: Putting): Resolved {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return { kind: rule.kind, of: rule.of.map((part) => put(part, putting)) }
    case 'not':
      return { kind: 'not', of: put(rule.of, putting) }
    case 'segment':
      return putSegment(rule, putting)
    default:
      countOne(rule, putting)
      return rule
  }
}

function countOne(condition: Condition, { total, at, root }: Putting): void {
  const isActivity = condition.kind !== 'field' && condition.kind !== 'tag'
  total.conditions++
  if (isActivity) total.activities++
  const path = at ?? root
  const refuseAt = (problem: string) => refuseRule([{ path, message: `${path} ${problem}` }])
  if (total.conditions > MAX_CONDITIONS)
    refuseAt(`makes more than ${MAX_CONDITIONS} conditions, with those of the segments that are named`)
  if (total.activities > MAX_ACTIVITIES)
    refuseAt(`makes more than ${MAX_ACTIVITIES} conditions on messages, with those of the segments that are named`)
}

function putSegment(rule: Extract<Condition, { readonly kind: 'segment' }>, putting: Putting): Resolved {
  const { segments, trail } = putting
  const at = putting.at ?? rule.path
  const refuseAt = (problem: string) => refuseRule([{ path: at, message: `${at} ${problem}` }])
  if (trail.includes(rule.id)) {
    const circle = [...trail.slice(trail.indexOf(rule.id)), rule.id].join(' -> ')
    return refuseAt(`makes a circle of segments: ${circle}`)
  }
  const segment = segments.get(rule.id)
  if (!segment) {
    const [from] = trail.slice(-1)
    const within = from === undefined || putting.at === undefined ? '' : ` (in segment ${from})`
    return refuseAt(`names segment ${rule.id}, which is not there${within}`)
  }
  const { read, name } = segment
  if (!read.ok)
    return refuseAt(
      `names segment ${rule.id} (${JSON.stringify(name)}), which cannot be used: ${read.problems[0]?.message}`,
    )
  return put(read.rule, { ...putting, at, trail: [...trail, rule.id] })
}
