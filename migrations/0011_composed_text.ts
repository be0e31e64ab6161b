import { type Kysely, sql } from 'kysely'

const texts = [
  ['customers', 'first_name', 200],
  ['customers', 'last_name', 200],
  ['customers', 'location', 200],
  ['customers', 'prefered_product', 200],
  ['campaigns', 'name', 200],
  ['campaigns', 'base_template', 4096],
] as const

/**
 * Stored text in Unicode's composed form (NFC), as every entrance gives it from now on. Only rows that hold other text are
 * written and locked. Some scripts' letters are longer when composed: text that would not fit stays.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db)
  if (rows[0]?.encoding !== 'UTF8') return
  for (const [table, column, max] of texts) {
    const value = sql.id(column)
    // The length first: it costs a fraction of what normalize() does, and tells of nearly all rows.
    await sql`update ${sql.table(table)} set ${value} = normalize(${value}, NFC)
      where octet_length(${value}) <> length(${value}) and case when octet_length(${value}) <> length(${value})
        then ${value} is not nfc normalized and length(normalize(${value}, NFC)) <= ${sql.lit(max)} end`.execute(db)
  }
}

export async function down(): Promise<void> {}
