import { type RawBuilder, sql } from 'kysely'

export const table = 'customers'

/**
 * Customers by each of their tags, for `tags <> '{}' and tags @> '{vip}'`. Those without any are left out: an entry for each
 * would add a fifth to what an import writes.
 */
export async function define(): Promise<RawBuilder<unknown>> {
  return sql`using gin (tags) where tags <> '{}'`
}
