import { type Kysely, sql } from 'kysely'

/**
 * Segments: named rules that say which customers they hold. `segment_uses` has the segments that a rule names, so that none
 * of them can be removed meanwhile.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table segments (
    id integer generated always as identity primary key,
    name text not null unique check (length(name) between 1 and 200),
    rule jsonb not null check (jsonb_typeof(rule) = 'object'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`.execute(db)
  await sql`create table segment_uses (
    segment_id integer not null references segments on delete cascade,
    used_id integer not null references segments,
    primary key (segment_id, used_id)
  )`.execute(db)
  await sql`create index segment_uses_used on segment_uses (used_id)`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table segment_uses, segments`.execute(db)
}
