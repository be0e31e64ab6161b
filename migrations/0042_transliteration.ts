import { type Kysely, sql } from 'kysely'

/**
 * The characters that a campaign's messages may be written with instead, to fit the SMS alphabet. A program of the version
 * before sends them as they are: update the workers before anybody chooses another.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns
    add column transliteration text not null default 'none'
      check (transliteration in ('none', 'punctuation', 'letters'))`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns drop column transliteration`.execute(db)
}
