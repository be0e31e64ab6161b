import { type Kysely, type RawBuilder, sql } from 'kysely'

export const table = 'customers'

/**
 * Names by their trigrams, as the function of migration 0010 folds them.
 * @returns undefined where the extension pg_trgm is missing: search reads the table then, and finds the same
 */
// biome-ignore lint/suspicious/noExplicitAny: an index knows the tables as they were, not as the code sees them now
export async function define(db: Kysely<any>): Promise<RawBuilder<unknown> | undefined> {
  const { rows } = await sql<{ schema: string }>`select n.nspname as schema
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'`.execute(db)
  const schema = rows[0]?.schema
  if (schema === undefined) return undefined
  return sql`using gin
    (search_text(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) ${sql.id(schema, 'gin_trgm_ops')})`
}
