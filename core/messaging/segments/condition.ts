/**
 * Rules as SQL conditions on `customers`. A condition is null where the customer lacks the value, which counts as false: a
 * negation therefore is `is not true`, and is moved inwards to the fields, so that PostgreSQL sees the joins and the
 * comparisons beside each other.
 */
import { type AliasedRawBuilder, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Activity, Resolved } from './rule.ts'
import { simplify } from './simplify.ts'
import { openSubjects } from './subjects.ts'
import { testOf, type Values } from './test-sql.ts'

type Bool = RawBuilder<SqlBool>

/** Rows of messages that a condition looks for, joined to `customers` under a name. */
export interface Join {
  readonly alias: string
  readonly activity: Activity
}

export interface CompiledRule {
  readonly condition: Bool
  readonly joins: readonly Join[]
  /** Columns that `customers` must have besides its own. */
  readonly columns: readonly AliasedRawBuilder<unknown, string>[]
}

export function compileRule(given: Resolved, values: Values): CompiledRule {
  const rule = simplify(given)
  const subjects = openSubjects(rule)
  // The same condition on messages is joined once.
  const joins = new Map<string, Join>()
  const aliasOf = (activity: Activity): string => {
    const key = JSON.stringify({ ...activity, path: undefined })
    const join = joins.get(key) ?? { alias: `activity_${joins.size}`, activity }
    joins.set(key, join)
    return join.alias
  }
  const compile = (part: Resolved, negated: boolean): Bool => {
    switch (part.kind) {
      case 'all':
      case 'any':
        // None of no conditions fails, and none holds.
        if (part.of.length === 0) return (part.kind === 'all') !== negated ? sql`true` : sql`false`
        return joined(
          part.of.map((one) => compile(one, negated)),
          (part.kind === 'all') !== negated ? sql` and ` : sql` or `,
        )
      case 'not':
        return compile(part.of, !negated)
      case 'field': {
        const test = testOf(part.field, part.test, subjects, values)
        return negated ? sql`((${test}) is not true)` : sql`(${test})`
      }
      case 'tag': {
        // The index on tags holds only customers who have some.
        const tagged = sql<SqlBool>`(customers.tags <> '{}' and customers.tags && ${part.tags}::text[])`
        return negated ? sql`(not ${tagged})` : tagged
      }
      default: {
        const found = sql.ref(`${aliasOf(part)}.customer_id`)
        return negated ? sql`(${found} is null)` : sql`(${found} is not null)`
      }
    }
  }
  const condition = compile(rule, false)
  return { condition, joins: [...joins.values()], columns: subjects.columns }
}

const joined = (parts: readonly Bool[], by: RawBuilder<unknown>): Bool => sql`(${sql.join(parts, by)})`
