import { type RawBuilder, sql } from 'kysely'

export const table = 'inbound_messages'

/** Messages that a program of an earlier version stored: none, once they are read. */
export async function define(): Promise<RawBuilder<unknown>> {
  return sql`(id) where reading is null`
}
