import { readFileSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'

/**
 * Caps: the marketing messages that were started to each phone of late, in one row, which whoever is about to start another one
 * locks. The phone is no customer's: whoever is deleted and imported again has had the same messages.
 *
 * Programs of the version before may go on meanwhile: they know no caps, and what they send does not count. Update all workers
 * before the first cap is set.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  // By bytes, so that all processes lock rows in one order. Rows are rewritten in place: no other column has an index, and half
  // of each page is left free for that.
  await sql`create table cap_reservations (
    phone text collate "C" primary key,
    messages bigint[] not null,
    starts timestamptz[] not null
  ) with (fillfactor = 50)`.execute(db)
  const functions = readFileSync(new URL('./functions/caps_1.sql', import.meta.url), 'utf8')
  for (const one of functions.split(/(?<=\$\$;)\n/)) await sql.raw(one).execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function is_capped, counts_for_caps`.execute(db)
  await sql`drop table cap_reservations`.execute(db)
}
