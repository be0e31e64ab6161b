import { readFileSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'

/**
 * State of named senders, one row each: limits, whether it is paused, its circuit breaker, and how far its calls are planned.
 * Routes: the senders of a channel in order. Permits within the limits are given by a function, which locks the sender's row:
 * whatever is counted after the lock is all that others were permitted before.
 *
 * Programs of the version before may go on meanwhile: they read and write `breakers` and `breaker_closings`, which nothing
 * reads any more. The next version drops both.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table senders (
    name text primary key,
    kind text not null,
    channels text[] not null,
    unit text not null default 'message',
    rate_setting double precision,
    concurrency_setting integer,
    rate double precision,
    concurrency integer,
    paused_at timestamptz,
    paused_by text,
    planned_upto timestamptz not null default to_timestamp(0),
    hold_until timestamptz,
    slow_factor double precision not null default 1,
    slowed_at timestamptz,
    open_reason text,
    opened_at timestamptz,
    probe_at timestamptz,
    probes integer not null default 0,
    closings integer not null default 0,
    closed_at timestamptz
  ) with (fillfactor = 50)`.execute(db)
  await sql`create table routes (
    channel text primary key,
    senders text[] not null,
    set_at timestamptz
  )`.execute(db)
  // A start sets them by its settings; until then the senders have the names that they get without SENDERS.
  await sql`insert into senders (name, kind, channels) values ('sms', 'mock', '{sms}'), ('whatsapp', 'mock', '{whatsapp}')`.execute(
    db,
  )
  await sql`insert into routes (channel, senders) values ('sms', '{sms}'), ('whatsapp', '{whatsapp}')`.execute(db)
  await sql`create table campaign_pace (
    campaign_id integer primary key references campaigns on delete cascade,
    planned_upto timestamptz not null default to_timestamp(0)
  ) with (fillfactor = 50)`.execute(db)
  await sql`alter table campaigns
    add column sender text,
    add column max_rate double precision,
    add column priority text not null default 'normal' check (priority in ('low', 'normal', 'high'))`.execute(db)
  await sql`alter table dispatch_chunks add column pinned text, add column avoid text`.execute(db)
  await sql`alter table processes add column sender_names text[]`.execute(db)
  await sql`create index dispatch_chunks_leased on dispatch_chunks (sender) where state = 'leased'`.execute(db)
  await sql.raw(readFileSync(new URL('./functions/grant_permits_1.sql', import.meta.url), 'utf8')).execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function grant_permits`.execute(db)
  await sql`drop index dispatch_chunks_leased`.execute(db)
  await sql`alter table processes drop column sender_names`.execute(db)
  await sql`alter table dispatch_chunks drop column pinned, drop column avoid`.execute(db)
  await sql`alter table campaigns drop column sender, drop column max_rate, drop column priority`.execute(db)
  await sql`drop table campaign_pace`.execute(db)
  await sql`drop table routes`.execute(db)
  await sql`drop table senders`.execute(db)
}
