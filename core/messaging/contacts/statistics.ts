/**
 * Statistics of the customers, from which the database knows that a name is rare enough to be looked for by its index.
 * The embedded database gathers none by itself, and a server only within some minutes.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'

/** Pages of a table that is read whole as fast as by an index: some 10,000 customers. */
const FEW_PAGES = 128
/** Growth after which statistics are gathered again. */
const GROWN = 1.1

/**
 * Gathers them where there are none, or the table has grown by a tenth since. A server lets everybody read and write
 * meanwhile; the embedded database takes a smaller sample, see `shortTurns` in core/db/open.ts.
 * @returns whether they were gathered
 */
export async function refreshStatistics(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ stale: boolean }>`
    select size.pages >= ${FEW_PAGES}::int and (size.pages > ${GROWN}::float8 * c.relpages or not exists (
      select from pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname)) as stale
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (select pg_relation_size(c.oid) / current_setting('block_size')::int as pages) size
    where c.oid = 'customers'::regclass`.execute(db)
  if (!rows[0]?.stale) return false
  // While an index is built, or somebody else gathers them, it does not wait: the build would wait for it in turn.
  await sql`analyze (skip_locked) customers`.execute(db)
  return true
}
