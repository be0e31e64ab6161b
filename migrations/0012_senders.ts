import { type Kysely, sql } from 'kysely'

/** Names of the senders that a process uses, by channel: only the processes that send know whether anybody receives it. */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table processes add column senders jsonb`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table processes drop column senders`.execute(db)
}
