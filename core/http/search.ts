/** Searching a list for text, the same for every list that has it. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { tidy } from '../text/invisible.ts'
import { text } from './fields.ts'

/** A search takes time for each word of it. */
const MAX_LENGTH = 100

/** A query parameter that holds what is looked for; to be wrapped in `t.Optional`. */
export const searchText = (description: string, example: string) => text({ max: MAX_LENGTH, description, example })

/** A LIKE pattern for text that holds `part`, whose own wildcards stand for themselves. */
export const containing = (part: string): string => `%${part.replace(/[\\%_]/g, '\\$&')}%`

/**
 * True where every word of `q` occurs in `subject`, in whatever order, case and accents: the database folds both by its
 * function `search_text`, by which names are indexed.
 */
export function holdsWords<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  subject: Expression<string | null>,
  q: string,
): Expression<SqlBool> {
  // NFKC: the database folds by compatibility, and a full-width % must not become a wildcard there.
  const words = new Set(tidy(q.normalize('NFKC')).split(' ').filter(Boolean))
  return eb.and([...words].map((word) => sql<SqlBool>`search_text(${subject}) like search_text(${containing(word)})`))
}
