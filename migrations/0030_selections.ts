import { type Kysely, sql } from 'kysely'

/**
 * Selections: audiences that are given by segments and rules instead of ids. The scheduler queues their customers in steps,
 * each with its place in the same transaction. `selection_segments` has the segments that a selection names until it is
 * evaluated, so that none of them can be removed before.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table selections (
    id integer generated always as identity primary key,
    campaign_id integer not null references campaigns on delete cascade,
    audience jsonb not null check (jsonb_typeof(audience) = 'object'),
    conditions jsonb,
    evaluated_on text check (evaluated_on ~ '^\\d{4}-\\d{2}-\\d{2}$'),
    after_id integer not null default 0,
    last_id integer,
    span integer not null default 20000 check (span > 0),
    queued integer not null default 0,
    request_id text,
    created_at timestamptz not null default now(),
    stepped_at timestamptz,
    done_at timestamptz,
    check ((conditions is null) = (last_id is null) and (conditions is null) = (evaluated_on is null))
  )`.execute(db)
  await sql`create index selections_campaign on selections (campaign_id)`.execute(db)
  await sql`create index selections_open on selections (stepped_at nulls first, id) where done_at is null`.execute(db)
  await sql`create table selection_segments (
    selection_id integer not null references selections on delete cascade,
    segment_id integer not null references segments,
    primary key (selection_id, segment_id)
  )`.execute(db)
  await sql`create index selection_segments_segment on selection_segments (segment_id)`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table selection_segments, selections`.execute(db)
}
