import { type Kysely, sql } from 'kysely'

/**
 * Secrets that all processes share and nobody needs to know, such as the key of stop links. Each is made when it is first
 * needed, and stays: with another one, links in texts that were sent would lead nowhere.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table server_secrets (
    name text primary key,
    value text not null,
    created_at timestamptz not null default now()
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table server_secrets`.execute(db)
}
