import { type Kysely, sql } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create type channel as enum ('sms', 'whatsapp')`.execute(db)
  await sql`create type campaign_status as enum ('draft', 'scheduled', 'sending', 'paused', 'sent', 'failed', 'cancelled')`.execute(
    db,
  )
  await sql`create type message_status as enum ('pending', 'sent', 'failed', 'skipped', 'unknown')`.execute(db)
  await sql`create type chunk_state as enum ('held', 'ready', 'published', 'leased', 'done')`.execute(db)

  await sql`create table customers (
    id integer generated always as identity primary key,
    phone text not null unique check (length(phone) <= 20),
    first_name text check (length(first_name) <= 200),
    last_name text check (length(last_name) <= 200),
    location text check (length(location) <= 200),
    prefered_product text check (length(prefered_product) <= 200),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`.execute(db)

  await sql`create table campaigns (
    id integer generated always as identity primary key,
    name text not null check (length(name) between 1 and 200),
    channel channel not null,
    status campaign_status not null default 'draft',
    base_template text not null check (length(base_template) between 1 and 4096),
    scheduled_at timestamptz,
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    total integer not null default 0,
    sent integer not null default 0,
    failed integer not null default 0,
    skipped integer not null default 0,
    unknown integer not null default 0
  )`.execute(db)
  // Status changes are few here, so these cost nothing; on messages an index with status would end all HOT updates.
  await sql`create index campaigns_scheduled on campaigns (scheduled_at) where status = 'scheduled'`.execute(db)
  await sql`create index campaigns_status on campaigns (status, id)`.execute(db)

  // No foreign keys: each would cost a look-up a row, and a customer may go while a campaign is under way. Half of each
  // page stays free, so that the outcome fits beside the queued row (a HOT update: no index is touched).
  await sql`create table outbound_messages (
    id bigint generated always as identity primary key,
    campaign_id integer not null,
    customer_id integer not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz,
    status message_status not null default 'pending',
    attempts smallint not null default 0,
    turn smallint not null default 0,
    provider_message_id text,
    last_error text,
    history jsonb,
    rendered_content text,
    unique (campaign_id, customer_id)
  ) with (fillfactor = 50)`.execute(db)

  await sql`create table dispatch_chunks (
    id bigint generated always as identity primary key,
    campaign_id integer not null references campaigns (id),
    origin_id bigint,
    turn smallint not null default 0,
    first_id bigint not null,
    last_id bigint not null,
    ids bigint[],
    size integer not null,
    state chunk_state not null default 'held',
    due_at timestamptz not null default now(),
    published_at timestamptz,
    lease_until timestamptz,
    leased_by text,
    epoch integer not null default 0,
    started_upto bigint not null default 0,
    in_flight integer not null default 0,
    sent integer not null default 0,
    failed integer not null default 0,
    skipped integer not null default 0,
    unknown integer not null default 0,
    retried integer not null default 0,
    request_id text,
    created_at timestamptz not null default now(),
    check ((origin_id is null) = (ids is null))
  ) with (fillfactor = 50)`.execute(db)
  await sql`create index dispatch_chunks_campaign on dispatch_chunks (campaign_id)`.execute(db)
  await sql`create index dispatch_chunks_open on dispatch_chunks (campaign_id, state, due_at)
    where state <> 'done'`.execute(db)
  // One waiting retry chunk for each first chunk and turn: what several flushes hand on is gathered in it.
  await sql`create unique index dispatch_chunks_retry on dispatch_chunks (origin_id, turn)
    where state = 'ready' and origin_id is not null`.execute(db)

  await sql`create table processes (
    id text primary key,
    host text not null,
    pid integer not null,
    plugins text[] not null,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    rate real not null default 0
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table processes, dispatch_chunks, outbound_messages, campaigns, customers`.execute(db)
  await sql`drop type chunk_state, message_status, campaign_status, channel`.execute(db)
}
