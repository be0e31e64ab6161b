import { type Kysely, sql } from 'kysely'

/**
 * Texts of a campaign by language, beside `base_template`. A program of the version before sends `base_template` to everybody:
 * update the workers before anybody gives a campaign such texts.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns add column texts jsonb check (jsonb_typeof(texts) = 'object')`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns drop column texts`.execute(db)
}
