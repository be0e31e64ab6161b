import { type Kysely, sql } from 'kysely'

/** Combining marks of Latin, Greek and Cyrillic letters, and characters that show nothing. */
const ignored =
  '[\\u0300-\\u036f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufe00-\\ufe0f\\ufeff]+'

/**
 * Search folds case and accents: "zoe" finds "Zoë". The index on names is built afterwards (indexes/customers_name_search.ts),
 * so that nobody who writes customers waits; where the extension pg_trgm is missing or may not be created, search reads the
 * table and finds the same.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  const folded = await foldedText(db)
  // Not STRICT, which would keep the planner from putting its text in place of the call.
  await sql`create function search_text(value text) returns text language sql immutable parallel safe
    as ${sql.lit(`select case when octet_length(value) = length(value) then lower(value) else ${folded} end`)}`.execute(
    db,
  )
  await sql`do $$ begin create extension if not exists pg_trgm; exception when others then null; end $$`.execute(db)
}

/** The SQL that folds text with other letters than ASCII: normalize() works in UTF-8 only, lower() as the collation says. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function foldedText(db: Kysely<any>): Promise<string> {
  const { rows } = await sql<{ utf8: boolean; folds: boolean; collations: string[] }>`select
    current_setting('server_encoding') = 'UTF8' as utf8,
    lower('Ж') = 'ж' as folds,
    array(select collname::text from pg_collation where collname in ('pg_c_utf8', 'und-x-icu')) as collations`.execute(
    db,
  )
  const { utf8 = false, folds = true, collations = [] } = rows[0] ?? {}
  if (!utf8) return 'lower(value)'
  const collation = folds ? undefined : ['pg_c_utf8', 'und-x-icu'].find((name) => collations.includes(name))
  const plain = `regexp_replace(normalize(value, NFKD), '${ignored}', '', 'g')`
  const lower = `lower(${plain}${collation ? ` collate "${collation}"` : ''})`
  const single = `translate(${lower}, 'łøđðħŧı’ʼ', 'loddhti''''')`
  return `replace(replace(replace(${single}, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')`
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop index if exists customers_name_search`.execute(db)
  await sql`drop function search_text(text)`.execute(db)
}
