import { readFileSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'

/**
 * Routes by country: other senders for the phones of some countries, and the country of a chunk whose messages all go there.
 * A chunk without a country goes by its channel's route, as every chunk did before.
 *
 * Programs of the version before may go on meanwhile: they know no countries, and send every chunk by its channel's route.
 * Update all workers before the first country gets senders of its own.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table country_routes (
    channel text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    senders text[] not null,
    primary key (channel, country)
  )`.execute(db)
  await sql`alter table dispatch_chunks add column country text`.execute(db)
  const functions = readFileSync(new URL('./functions/country_routes_1.sql', import.meta.url), 'utf8')
  for (const one of functions.split(/(?<=\$\$;)\n/)) await sql.raw(one).execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function country_states, country_senders`.execute(db)
  await sql`alter table dispatch_chunks drop column country`.execute(db)
  await sql`drop table country_routes`.execute(db)
}
