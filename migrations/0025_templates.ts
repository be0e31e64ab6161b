import { type Kysely, sql } from 'kysely'

/**
 * The approved WhatsApp template of a campaign. A program of the version before sends such a campaign as free text: update the
 * workers before anybody creates one.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns add column template jsonb`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns drop column template`.execute(db)
}
