import { type Kysely, sql } from 'kysely'

/**
 * Readings of what people write, and the review of near misses. Programs of the version before may go on meanwhile: what they
 * store has no reading yet, and is read by a loop.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table inbound_messages
    add column reading text check (reading in ('stop', 'start', 'help', 'near_stop', 'other')),
    add column review text check (review in ('open', 'stop', 'ignore')),
    add column reviewed_at timestamptz`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table inbound_messages drop column reading, drop column review, drop column reviewed_at`.execute(db)
}
