import { type RawBuilder, sql } from 'kysely'

export const table = 'inbound_messages'

/** Messages by what they say, without the many that say nothing of the kind. */
export async function define(): Promise<RawBuilder<unknown>> {
  return sql`(reading, id) where reading <> 'other'`
}
