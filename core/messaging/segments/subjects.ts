/**
 * Values of a customer that tests compare, as SQL. One that a rule compares many times is worked out once for each customer,
 * in a row below the comparisons: folding a text costs more than all comparisons with it.
 */
import { type AliasedRawBuilder, type RawBuilder, sql } from 'kysely'
import type { Field, Resolved, Test, TextField } from './rule.ts'
import { nameOf } from './simplify.ts'

type Expression = RawBuilder<unknown>

/** Comparisons up to which it is quicker to work a value out for each: the first may decide, and indexes may serve. */
const FEW = 2

export interface Subjects {
  /** Null where the customer has no value of the field's type. */
  of(field: Field): Expression
  /** Columns that `customers` must have besides its own. */
  readonly columns: readonly AliasedRawBuilder<unknown, string>[]
}

export function openSubjects(rule: Resolved): Subjects {
  const counts = new Map<string, { readonly field: Field; readonly times: number }>()
  for (const field of comparedFields(rule)) {
    const name = nameOf(field)
    counts.set(name, { field, times: (counts.get(name)?.times ?? 0) + 1 })
  }
  const workedOut = [...counts].filter(([, { field }]) => isWorkedOut(field))
  // PostgreSQL's processes share the work below the comparisons, and only this: then all of it belongs there.
  const shared = workedOut.some(([, { times }]) => times > FEW) ? workedOut : []
  const names = new Map(shared.map(([name], nth) => [name, `value_${nth}`]))
  return {
    of: (field) => {
      const column = names.get(nameOf(field))
      return column === undefined ? subjectOf(field) : sql.ref(`customers.${column}`)
    },
    columns: shared.map(([name, { field }]) => subjectOf(field).as(names.get(name) ?? '')),
  }
}

/** Columns that are compared as they are cost nothing. */
const isWorkedOut = ({ type }: Field) => type === 'text' || type === 'number' || type === 'date' || type === 'boolean'

/** True for equality of an attribute with one value: JSON is compared with JSON, and nothing is worked out. */
export const isContained = (field: Field, test: Test): field is Extract<Field, { readonly attribute: string }> =>
  field.type !== 'text' && 'attribute' in field && test.operator === 'in' && test.values.length === 1

/** Fields of all tests that compare a value, each as often as that is. */
function comparedFields(rule: Resolved): Field[] {
  if (rule.kind === 'all' || rule.kind === 'any') return rule.of.flatMap(comparedFields)
  if (rule.kind === 'not') return comparedFields(rule.of)
  if (rule.kind !== 'field' || isContained(rule.field, rule.test)) return []
  return rule.field.type === 'text' && rule.test.operator === 'exists' ? [] : [rule.field]
}

const jsonOf = (attribute: string) => sql`(customers.attributes -> ${attribute}::text)`

/** An attribute that holds another type than was declared has no value. */
const typedOf = (attribute: string, type: string, value: Expression) =>
  sql`case when jsonb_typeof(${jsonOf(attribute)}) = ${sql.lit(type)} then ${value} end`

/** Text as it is stored. */
export const textOf = (field: TextField): Expression =>
  'column' in field ? sql.ref(`customers.${field.column}`) : stringOf(field.attribute)

const stringOf = (attribute: string) => typedOf(attribute, 'string', sql`${jsonOf(attribute)} #>> '{}'`)

function subjectOf(field: Field): Expression {
  switch (field.type) {
    case 'text':
      return sql`search_text(${textOf(field)})`
    case 'number':
      return sql`(${typedOf(field.attribute, 'number', sql`${jsonOf(field.attribute)}::float8`)})`
    case 'boolean':
      return sql`(${typedOf(field.attribute, 'boolean', sql`${jsonOf(field.attribute)}::boolean`)})`
    case 'date':
      return sql`(${stringOf(field.attribute)})`
    case 'time':
      return sql.ref('customers.created_at')
    case 'phone':
    case 'country':
      return sql.ref('customers.phone')
  }
}
