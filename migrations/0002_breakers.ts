import { type Kysely, sql } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table breakers (
    channel channel primary key,
    reason text not null,
    opened_at timestamptz not null default now(),
    probe_at timestamptz not null,
    probes integer not null default 0
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table breakers`.execute(db)
}
