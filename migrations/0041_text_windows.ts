import { type Kysely, sql } from 'kysely'

/**
 * Hours after a person's message in which a sender's provider takes texts on WhatsApp, and the channel of what people write.
 * Programs of the version before go on meanwhile: they leave both as they are, and hand over texts at any time.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table senders add column text_window_hours smallint check (text_window_hours > 0)`.execute(db)
  await sql`alter table inbound_messages add column channel text`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table inbound_messages drop column channel`.execute(db)
  await sql`alter table senders drop column text_window_hours`.execute(db)
}
