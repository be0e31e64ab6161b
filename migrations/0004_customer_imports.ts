import { type Kysely, sql } from 'kysely'

/** Reports of imports under an Idempotency-Key, for a day. */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table customer_imports (
    key text primary key check (length(key) <= 255),
    fingerprint text,
    report jsonb,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now()
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table customer_imports`.execute(db)
}
