import { type Kysely, sql } from 'kysely'

/** Price list: the price of a message or a part of one, by channel and country. `*` is every country that has no row. */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table prices (
    channel text not null check (channel in ('sms', 'whatsapp')),
    country text not null check (country ~ '^([A-Z]{2}|\\*)$'),
    price numeric not null check (price >= 0),
    per text not null check (per in ('part', 'message')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    primary key (channel, country)
  )`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop table prices`.execute(db)
}
