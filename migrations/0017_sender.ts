import { type Kysely, sql } from 'kysely'

/**
 * The sender that a chunk was last claimed for. And `origin_id`, which nothing reads any more: a chunk of the first turn is a
 * first chunk. Programs of the version before may go on meanwhile; they count an audience by the chunks that have no
 * `origin_id`, so a trigger, the only place that still writes it, keeps it for chunks of later turns. The next version drops
 * the trigger and the column. The index by which earlier versions gathered retries goes now.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table dispatch_chunks add column sender text`.execute(db)
  await sql`create function keep_origin_id() returns trigger language plpgsql as $$
    begin
      new.origin_id := -new.first_id;
      return new;
    end $$`.execute(db)
  await sql`create trigger dispatch_chunks_origin_id before insert on dispatch_chunks for each row
    when (new.ids is not null and new.origin_id is null) execute function keep_origin_id()`.execute(db)
  await sql`drop index dispatch_chunks_retry`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  // The index takes no two chunks of one origin and turn: each has an id of its own.
  await sql`update dispatch_chunks set origin_id = id where origin_id is not null`.execute(db)
  await sql`create unique index dispatch_chunks_retry on dispatch_chunks (origin_id, turn)
    where state = 'ready' and origin_id is not null`.execute(db)
  await sql`drop trigger dispatch_chunks_origin_id on dispatch_chunks`.execute(db)
  await sql`drop function keep_origin_id`.execute(db)
  await sql`alter table dispatch_chunks drop column sender`.execute(db)
}
