/**
 * Customers who fit a rule, as a subquery: their ids need not leave the database. Whoever takes them in steps goes on after
 * the last id of a step (`customers({ after }).orderBy('customers.id').limit(n)`), and gets the customers of the rule as it
 * was compiled, by the same day.
 */
import { type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { type ActivityTables, activityRows, type Range } from './activity.ts'
import { type CompiledRule, compileRule } from './condition.ts'
import { dayOf } from './days.ts'
import { type ResolveOptions, type RuleTables, resolveRule } from './resolve.ts'
import type { Condition, Resolved } from './rule.ts'
import { textsIn } from './test-sql.ts'

export type AudienceTables = RuleTables & ActivityTables & Pick<Database, 'customers'>

export type CustomerIds = SelectQueryBuilder<AudienceTables, 'customers', { id: number }>

export interface CompiledAudience {
  /** As it was read, with the segments that it names itself. */
  readonly rule: Condition
  /**
   * Ids of the customers who fit, in no order. A range with both ends keeps a step short whatever the rule: without an
   * upper end, all later customers may be read to find the next that fits.
   * @param within the database or transaction that runs it
   */
  customers(within: Kysely<AudienceTables>, range?: Range): CustomerIds
}

export interface CompileOptions extends ResolveOptions {
  /** Milliseconds since the epoch: `within_days` counts from this day, in UTC. */
  readonly now: number
}

/** @throws AppError INVALID_REQUEST with the place of each problem */
export async function compileAudience(
  db: Kysely<AudienceTables>,
  json: unknown,
  { now, ...options }: CompileOptions,
): Promise<CompiledAudience> {
  const { rule, resolved } = await resolveRule(db, json, options)
  return { rule, ...(await compileResolved(db, resolved, dayOf(now))) }
}

/**
 * As `compileAudience`, of a rule that was read and resolved before.
 * @param today day from which `within_days` counts, in UTC: `YYYY-MM-DD`
 */
export async function compileResolved(
  db: Kysely<AudienceTables>,
  resolved: Resolved,
  today: string,
): Promise<Pick<CompiledAudience, 'customers'>> {
  const { condition, joins, columns } = compileRule(resolved, {
    today,
    folded: await foldTexts(db, textsIn(resolved)),
  })
  return {
    customers: (within, range = {}) => {
      const { after, upTo } = range
      const bounds = [
        ...(after === undefined ? [] : [sql<SqlBool>`customers.id > ${after}`]),
        ...(upTo === undefined ? [] : [sql<SqlBool>`customers.id <= ${upTo}`]),
      ]
      const table = within.selectFrom('customers').where((eb) => eb.and(bounds))
      let query = (columns.length > 0 ? extend(within, table, columns) : table).select('customers.id')
      for (const { alias, activity } of joins) {
        const rows = activityRows(within, activity, { today, range }).as(alias)
        const on = sql<SqlBool>`customers.id = ${sql.ref(`${alias}.customer_id`)}`
        query = query.leftJoin(rows, (join) => join.on(on)) as unknown as typeof query
      }
      return query.where(condition)
    },
  }
}

type Table = SelectQueryBuilder<AudienceTables, 'customers', object>

/** Customers with more columns. OFFSET keeps PostgreSQL from putting the values in the place of their names again. */
function extend(within: Kysely<AudienceTables>, table: Table, columns: CompiledRule['columns']): Table {
  const extended = table
    .selectAll('customers')
    .select([...columns])
    .offset(sql.lit(0))
  return within.selectFrom(extended.as('customers')) as unknown as Table
}

/** Texts as the index on names and every search fold them, each once: a statement would fold its own for every customer. */
async function foldTexts(db: Kysely<AudienceTables>, texts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const different = [...new Set(texts)]
  if (different.length === 0) return new Map()
  const { rows } = await sql<{ folded: string }>`select search_text(given.value) as folded
    from unnest(${different}::text[]) with ordinality as given (value, nth) order by given.nth`.execute(db)
  return new Map(different.map((text, nth) => [text, rows[nth]?.folded ?? text]))
}
