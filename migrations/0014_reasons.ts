import { type Kysely, sql } from 'kysely'

/**
 * Reasons why recipients were not reached, counted by chunk. Chunks from before have none, nor do those that an earlier
 * version works on meanwhile: the program sees that and reads their messages.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table dispatch_chunks add column reasons jsonb`.execute(db)
  await sql`create function sum_counts(a jsonb, b jsonb) returns jsonb language sql immutable parallel safe as ${sql.lit(`
    select jsonb_object_agg(key, count) from (
      select key, sum(value::int) as count from (
        select * from jsonb_each_text(coalesce(a, '{}')) union all select * from jsonb_each_text(coalesce(b, '{}'))
      ) as both_counts (key, value)
      group by key having sum(value::int) <> 0
    ) as sums`)}`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function sum_counts(jsonb, jsonb)`.execute(db)
  await sql`alter table dispatch_chunks drop column reasons`.execute(db)
}
