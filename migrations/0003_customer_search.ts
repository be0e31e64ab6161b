import { type Kysely, sql } from 'kysely'

/**
 * Customers are looked for by the beginning of their phone, also to find one among a million recipients. The unique index
 * serves that only where the database's collation is "C".
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create index customers_phone_prefix on customers (phone text_pattern_ops)`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop index customers_phone_prefix`.execute(db)
}
