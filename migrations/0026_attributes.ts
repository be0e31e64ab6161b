import { type Kysely, sql } from 'kysely'

/**
 * Attributes of customers, which are declared first, with their tags, language and time zone. The defaults are constants, so
 * that no row is written. The checks are not validated, so that none is read: those that are there have the defaults. Programs
 * of the version before may go on meanwhile: they name the columns that they write.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table attributes (
    name text primary key check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    type text not null check (type in ('text', 'number', 'boolean', 'date')),
    description text check (length(description) <= 200),
    created_at timestamptz not null default now()
  )`.execute(db)
  // Values by name: text and dates (YYYY-MM-DD) as strings, numbers and booleans as JSON has them.
  await sql`alter table customers
    add column attributes jsonb not null default '{}',
    add column tags text[] not null default '{}',
    add column language text,
    add column time_zone text`.execute(db)
  await sql`alter table customers
    add constraint customers_attributes_check
      check (jsonb_typeof(attributes) = 'object' and pg_column_size(attributes) <= 131072) not valid,
    add constraint customers_tags_check
      check (cardinality(tags) <= 50 and length(array_to_string(tags, '')) <= 2500 and array_position(tags, null) is null)
      not valid,
    add constraint customers_language_check check (length(language) <= 35) not valid,
    add constraint customers_time_zone_check check (length(time_zone) <= 64) not valid`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table customers
    drop column attributes, drop column tags, drop column language, drop column time_zone`.execute(db)
  await sql`drop table attributes`.execute(db)
}
