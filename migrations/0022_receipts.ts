import { type Kysely, sql } from 'kysely'

/**
 * Delivery of messages by the receipts of their provider. Programs of the version before may go on meanwhile: nothing that
 * they read or write changes, and no column is indexed, so that an update of a message touches no index.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  // In the order of their ranks, which only grow. Null before the first receipt: a message that has none takes no room for it.
  await sql`create type delivery as enum ('submitted', 'undelivered', 'delivered', 'read')`.execute(db)
  await sql`alter table outbound_messages add column delivery delivery, add column delivery_code text`.execute(db)
  await sql`alter table campaigns
    add column delivered integer not null default 0,
    add column undelivered integer not null default 0,
    add column read integer not null default 0`.execute(db)
  await sql`alter table dispatch_chunks add column awaiting boolean not null default false`.execute(db)

  // The inbox: a receipt stays until it is folded into its message, or a day, where it names none.
  await sql`create table receipts (
    sender text not null,
    reference text not null,
    delivery delivery not null,
    echoed boolean not null,
    provider_id text,
    code text,
    about text,
    received_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    primary key (sender, reference, delivery)
  )`.execute(db)
  await sql`create index receipts_due on receipts (due_at)`.execute(db)

  // Ids that providers gave, for senders whose receipts name nothing else. Old ones are deleted by their time.
  await sql`create table provider_refs (
    sender text not null,
    provider_id text not null,
    message_id bigint not null,
    created_at timestamptz not null default now(),
    primary key (sender, provider_id)
  )`.execute(db)
  await sql`create index provider_refs_age on provider_refs using brin (created_at)`.execute(db)

  await sql`create table inbound_messages (
    id bigint generated always as identity primary key,
    sender text not null,
    provider_id text not null,
    phone text,
    sent_to text,
    body text not null,
    intent text,
    sent_at timestamptz,
    received_at timestamptz not null default now(),
    unique (sender, provider_id)
  )`.execute(db)
  await sql`create index inbound_messages_phone on inbound_messages (phone, id)`.execute(db)

  // Phones that a provider said something about: the number cannot be reached, or the person does not want to be.
  await sql`create table number_marks (
    phone text not null,
    channel text not null,
    reason text not null check (reason in ('invalid', 'opt_out')),
    source text not null check (source in ('answer', 'receipt', 'inbound')),
    sender text,
    code text,
    created_at timestamptz not null default now(),
    primary key (phone, channel, reason)
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table number_marks, inbound_messages, provider_refs, receipts`.execute(db)
  await sql`alter table dispatch_chunks drop column awaiting`.execute(db)
  await sql`alter table campaigns drop column delivered, drop column undelivered, drop column read`.execute(db)
  await sql`alter table outbound_messages drop column delivery, drop column delivery_code`.execute(db)
  await sql`drop type delivery`.execute(db)
}
