import { type Kysely, sql } from 'kysely'

/**
 * Three facts that dispatching lacked. When a channel's circuit last closed: answers to calls started before say nothing of
 * the provider since. The chunk and the time for which a retry chunk gathers: one for each parent, turn and due bucket, so
 * that a long wait holds nobody else back. And the epoch at which a chunk last moved, by which one that never does is found.
 *
 * Programs of the version before may go on meanwhile: what they read and write stays, the index that they gather by too.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table breaker_closings (
    channel channel primary key,
    count integer not null default 1,
    closed_at timestamptz not null default now()
  )`.execute(db)
  await sql`alter table dispatch_chunks
    add column parent_id bigint, add column due_bucket timestamptz, add column progress_epoch integer not null default 0`.execute(
    db,
  )
  // Claims made before this migration do not count against a chunk.
  await sql`update dispatch_chunks set progress_epoch = epoch where state <> 'done' and epoch > 0`.execute(db)
  await sql`create unique index dispatch_chunks_gather on dispatch_chunks (parent_id, turn, due_bucket)
    where state = 'ready' and parent_id is not null`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop index dispatch_chunks_gather`.execute(db)
  await sql`alter table dispatch_chunks drop column parent_id, drop column due_bucket, drop column progress_epoch`.execute(
    db,
  )
  await sql`drop table breaker_closings`.execute(db)
}
