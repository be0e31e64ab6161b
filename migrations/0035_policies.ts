import { type Kysely, sql } from 'kysely'

/**
 * Policies: one document, with a version that every change raises, so that workers notice it. A campaign's purpose: policies hold
 * only marketing back. And the end of the quiet hours that a chunk's messages wait for.
 *
 * Programs of the version before may go on meanwhile: they know no policies, and send at any hour. Update all workers before the
 * first quiet hours are set.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table policies (
    id boolean primary key default true check (id),
    version integer not null default 1,
    document jsonb not null check (jsonb_typeof(document) = 'object'),
    updated_at timestamptz not null default now()
  )`.execute(db)
  await sql`alter table campaigns
    add column purpose text not null default 'marketing' check (purpose in ('marketing', 'service'))`.execute(db)
  await sql`alter table dispatch_chunks add column deferred_until timestamptz`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table dispatch_chunks drop column deferred_until`.execute(db)
  await sql`alter table campaigns drop column purpose`.execute(db)
  await sql`drop table policies`.execute(db)
}
