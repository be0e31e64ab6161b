/** Searching a list for text, the same for every list that has it. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { text } from './fields.ts'

/** A search takes time for each word of it. */
const MAX_LENGTH = 100

/** A query parameter that holds what is looked for; to be wrapped in `t.Optional`. */
export const searchText = (description: string, example: string) => text({ max: MAX_LENGTH, description, example })

/** A LIKE pattern for text that holds `part`, whose own wildcards stand for themselves. */
export const containing = (part: string): string => `%${part.replace(/[\\%_]/g, '\\$&')}%`

/**
 * Whether every word of `q` occurs in `subject`, in whatever order and case. Letters outside of ASCII are folded as the
 * database's collation does it: in "C" not at all.
 */
export function holdsWords<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  subject: Expression<string | null>,
  q: string,
): Expression<SqlBool> {
  const words = new Set(q.trim().split(/\s+/).filter(Boolean))
  return eb.and([...words].map((word) => sql<SqlBool>`${subject} ilike ${containing(word)}`))
}
