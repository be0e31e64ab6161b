import { type Kysely, sql } from 'kysely'

// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table throughput (
    at timestamptz primary key,
    settled integer not null
  )`.execute(db)
  await sql`create table failures (
    at timestamptz not null,
    campaign_id integer not null,
    status message_status not null,
    code text not null,
    count integer not null,
    primary key (at, campaign_id, status, code)
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table throughput, failures`.execute(db)
}
