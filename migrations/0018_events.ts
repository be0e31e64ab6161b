import { type Kysely, sql } from 'kysely'

/**
 * Domain events: a line for each subscriber and each change of a campaign that it asked for, written by a trigger, and so in
 * the transaction in which the campaign changed, whatever program or version changed it. Where nobody subscribes, nothing
 * is written.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table event_subscribers (
    name text primary key,
    types text[] not null,
    owner text,
    lease_until timestamptz,
    seen_at timestamptz not null default now()
  )`.execute(db)
  await sql`create table events (
    id bigint generated always as identity primary key,
    subscriber text not null references event_subscribers on delete cascade,
    type text not null,
    campaign_id integer not null,
    data jsonb not null,
    at timestamptz not null default clock_timestamp(),
    attempts integer not null default 0,
    due_at timestamptz not null default now()
  )`.execute(db)
  await sql`create index events_next on events (subscriber, id)`.execute(db)
  await sql`create index events_of_campaign on events (subscriber, campaign_id, id)`.execute(db)
  // Security definer: a role that may change campaigns may not write events itself.
  await sql`create function record_campaign_events() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    declare
      happened text;
    begin
      foreach happened in array array_remove(array[
        case when old.started_at is null and new.started_at is not null then 'campaign.started' end,
        case when old.status <> 'paused' and new.status = 'paused' then 'campaign.paused' end,
        case when old.completed_at is null and new.completed_at is not null then 'campaign.completed' end], null)
      loop
        insert into events (subscriber, type, campaign_id, data)
          select name, happened, new.id, jsonb_build_object('name', new.name, 'channel', new.channel,
            'status', new.status, 'paused_reason', new.paused_reason, 'total', new.total, 'sent', new.sent,
            'failed', new.failed, 'skipped', new.skipped, 'unknown', new.unknown)
          from event_subscribers where happened = any (types);
      end loop;
      return null;
    end`)}`.execute(db)
  await sql`create trigger campaigns_changed after update on campaigns for each row
    when (old.status <> new.status or old.started_at is distinct from new.started_at
      or old.completed_at is distinct from new.completed_at)
    execute function record_campaign_events()`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop trigger campaigns_changed on campaigns`.execute(db)
  await sql`drop function record_campaign_events()`.execute(db)
  await sql`drop table events`.execute(db)
  await sql`drop table event_subscribers`.execute(db)
}
