import { type Kysely, sql } from 'kysely'

/**
 * Four fifths of each page stay free, so that the outcomes of all its rows fit beside them, with the text of a full SMS: half
 * of a page, as it was, held a text or two, and 4 of 10 updates had to write two index entries (no HOT update).
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table outbound_messages set (fillfactor = 20)`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table outbound_messages set (fillfactor = 50)`.execute(db)
}
