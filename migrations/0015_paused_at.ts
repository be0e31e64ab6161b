import { type Kysely, sql } from 'kysely'

/** Time of a pause. Campaigns that are paused already have none. */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns add column paused_at timestamptz`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns drop column paused_at`.execute(db)
}
