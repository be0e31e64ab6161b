/**
 * Rules in fewer conditions that hold the same customers. Somebody who asks for one of two hundred places writes two hundred
 * conditions, each of which would be tested for every customer: one that asks for a list is as quick as one that asks for a
 * single value. Pure.
 */
import type { Field, Resolved, Test } from './rule.ts'

type Group = Extract<Resolved, { readonly kind: 'all' | 'any' }>
type Listed = Extract<Resolved, { readonly kind: 'field' | 'tag' }>

export function simplify(rule: Resolved): Resolved {
  if (rule.kind === 'not') {
    const of = simplify(rule.of)
    return of.kind === 'not' ? of.of : { kind: 'not', of }
  }
  return rule.kind === 'all' || rule.kind === 'any' ? simplifyGroup(rule) : rule
}

function simplifyGroup({ kind, of }: Group): Resolved {
  const parts = of.map(simplify).flatMap((part) => (part.kind === kind ? part.of : [part]))
  const merged = kind === 'any' ? mergeLists(parts) : mergeNegated(parts)
  const [only, ...others] = merged
  return only && others.length === 0 ? only : { kind, of: merged }
}

/** One value of a list or another: one of a longer list. */
function mergeLists(parts: readonly Resolved[]): Resolved[] {
  const lists = new Map<string, Listed>()
  const rest: Resolved[] = []
  for (const part of parts) {
    const key = keyOf(part)
    if (key === undefined) rest.push(part)
    else lists.set(key, merge(lists.get(key), part as Listed))
  }
  return [...lists.values(), ...rest]
}

/** No value of a list, and none of another: none of a longer list. */
function mergeNegated(parts: readonly Resolved[]): Resolved[] {
  const isNegated = (part: Resolved) => part.kind === 'not' && keyOf(part.of) !== undefined
  const negated = parts.flatMap((part) => (part.kind === 'not' && isNegated(part) ? [part.of] : []))
  return [
    ...parts.filter((part) => !isNegated(part)),
    ...mergeLists(negated).map((of): Resolved => ({ kind: 'not', of })),
  ]
}

/** Conditions with the same key make the same comparison of the same field with one of several values. */
function keyOf(part: Resolved): string | undefined {
  if (part.kind === 'tag') return 'tag'
  return part.kind === 'field' && 'values' in part.test ? `${part.test.operator} ${nameOf(part.field)}` : undefined
}

/** A name that no other field has. */
export const nameOf = (field: Field): string =>
  'attribute' in field ? `${field.type} attributes.${field.attribute}` : 'column' in field ? field.column : field.type

function merge(list: Listed | undefined, part: Listed): Listed {
  if (list?.kind === 'tag' && part.kind === 'tag') return { kind: 'tag', tags: [...list.tags, ...part.tags] }
  if (list?.kind !== 'field' || part.kind !== 'field') return part
  if (!('values' in list.test && 'values' in part.test)) return part
  return { ...part, test: { ...part.test, values: [...list.test.values, ...part.test.values] } as Test }
}
