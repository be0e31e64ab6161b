import { type RawBuilder, sql } from 'kysely'

export const table = 'inbound_messages'

/** Near misses that nobody has reviewed: a few of all. */
export async function define(): Promise<RawBuilder<unknown>> {
  return sql`(id) where review = 'open'`
}
